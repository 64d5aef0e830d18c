-- Where one player stands. KEYS: meta, ranks, rows. ARGV: user id, shared ties?
-- Returns false when Redis does not have the board, else {epoch, seq, rank or false, row, position}.
local epoch, seq = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'seq'))
if not seq then return false end
local row = redis.call('HGET', KEYS[3], ARGV[1])
if not row then return {epoch, seq, false, false} end
local member = string.sub(row, 1, 15) .. ARGV[1]
local position = redis.call('ZRANK', KEYS[2], member) + 1
local rank = position
if ARGV[2] == '1' then
  rank = redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. redis.call('ZSCORE', KEYS[2], member)) + 1
end
return {epoch, seq, rank, row, position}
