-- Some people are here now. How many are, all in all, and for how many milliseconds this has been written down.
-- KEYS: when each was last seen, since when they are here, when this was begun.
-- ARGV: milliseconds until somebody is gone, and until they are forgotten; how many of the people may have been away;
-- the people, those first.
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone, forgotten, fresh = now - tonumber(ARGV[1]), now - tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call("SETNX", KEYS[3], now)
for place = 4, 3 + fresh do
  local seen = redis.call("ZSCORE", KEYS[1], ARGV[place])
  if not seen or tonumber(seen) <= gone then
    redis.call("ZADD", KEYS[2], now, ARGV[place])
  end
end
for place = 4, #ARGV do
  redis.call("ZADD", KEYS[1], now, ARGV[place])
end
local old = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", forgotten, "LIMIT", 0, 1000)
if #old > 0 then
  redis.call("ZREM", KEYS[1], unpack(old))
  redis.call("ZREM", KEYS[2], unpack(old))
end
return {redis.call("ZCOUNT", KEYS[1], "(" .. gone, "+inf"), now - tonumber(redis.call("GET", KEYS[3]))}
