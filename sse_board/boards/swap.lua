-- Puts a freshly loaded copy of a board in place, unless Redis has the same or a newer state by now.
-- KEYS: meta, ranks, rows, moves, new ranks, new rows, mark of the copy
-- ARGV: epoch, seq, milliseconds, hint channel, rows of the copy
-- Returns 1 when the copy was taken; one that lost anything on the way (a flush, a crash, its expiry) is not. The mark
-- is older than the copy's snapshot: without it nobody knows whether a newer state was shown before a flush, and rows
-- tell nothing of a flush before the first of them, or where there are none.
local epoch, seq = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'seq'))
local newer = seq and (tonumber(epoch) > tonumber(ARGV[1])
  or (tonumber(epoch) == tonumber(ARGV[1]) and tonumber(seq) >= tonumber(ARGV[2])))
local count = tonumber(ARGV[5])
local whole = redis.call('EXISTS', KEYS[7]) == 1
  and redis.call('ZCARD', KEYS[5]) == count and redis.call('HLEN', KEYS[6]) == count
redis.call('DEL', KEYS[7])
if newer or not whole then
  redis.call('UNLINK', KEYS[5], KEYS[6])
  return 0
end
redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4]) -- freed aside: a million rows would hold everybody up
if redis.call('EXISTS', KEYS[5]) == 1 then
  redis.call('RENAME', KEYS[5], KEYS[2])
  redis.call('RENAME', KEYS[6], KEYS[3])
  redis.call('PERSIST', KEYS[2])
  redis.call('PERSIST', KEYS[3])
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'seq', ARGV[2], 'at', ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[1] .. '-' .. ARGV[2] .. ' *')
return 1
