-- One window of a board, and the version it belongs to, in one look.
-- KEYS: meta, ranks, rows, moves. ARGV: offset, limit, shared ties?
-- Returns false when Redis does not have the board, else {epoch, seq, milliseconds, total, rank of the first, user, row, move, …}.
local epoch, seq, at = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'at'))
if not seq then return false end
local offset, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local members = redis.call('ZRANGE', KEYS[2], offset, offset + limit - 1)
local reply = {epoch, seq, at, redis.call('ZCARD', KEYS[2]), offset + 1}
if #members == 0 then return reply end
if ARGV[3] == '1' then
  reply[5] = redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. redis.call('ZSCORE', KEYS[2], members[1])) + 1
end
local users = {}
for i = 1, #members do users[i] = string.sub(members[i], 16) end
local rows = redis.call('HMGET', KEYS[3], unpack(users))
local moves = redis.call('HMGET', KEYS[4], unpack(users))
for i = 1, #users do
  reply[#reply + 1] = users[i]
  reply[#reply + 1] = rows[i]
  reply[#reply + 1] = moves[i]
end
return reply
