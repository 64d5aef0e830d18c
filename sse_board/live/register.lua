-- A process says how it is; those that have not done so for too long are struck out. All who are left, as id, text, …
-- KEYS: what they said, when they said it. ARGV: the process, its text ("" when it leaves), milliseconds until struck.
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[2] == "" then
  redis.call("HDEL", KEYS[1], ARGV[1])
  redis.call("ZREM", KEYS[2], ARGV[1])
else
  redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
  redis.call("ZADD", KEYS[2], now, ARGV[1])
end
for _, silent in ipairs(redis.call("ZRANGEBYSCORE", KEYS[2], "-inf", now - tonumber(ARGV[3]))) do
  redis.call("HDEL", KEYS[1], silent)
  redis.call("ZREM", KEYS[2], silent)
end
return redis.call("HGETALL", KEYS[1])
