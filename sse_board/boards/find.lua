-- Where players stand. KEYS: meta, ranks, rows. ARGV: shared ties?, then user ids
-- Returns false when Redis does not have the board, else {epoch, seq, rank or false, row, position, …}.
local epoch, seq = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'seq'))
if not seq then return false end
local reply = {epoch, seq}
for i = 2, #ARGV do
  local row = redis.call('HGET', KEYS[3], ARGV[i])
  local position, rank = false, false
  if row then
    local member = string.sub(row, 1, 15) .. ARGV[i]
    position = redis.call('ZRANK', KEYS[2], member) + 1
    rank = position
    if ARGV[1] == '1' then
      rank = redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. redis.call('ZSCORE', KEYS[2], member)) + 1
    end
  end
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3] = rank, row, position
end
return reply
