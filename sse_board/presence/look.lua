-- Who is here, up to so many, and how many are in all; or, of some people, when each was last seen and since when.
-- KEYS as for mark.lua. ARGV: milliseconds until somebody is gone; how many to name; the people, if only they matter.
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = now - tonumber(ARGV[1])
if #ARGV == 2 then
  local count = redis.call("ZCOUNT", KEYS[1], "(" .. gone, "+inf")
  local born = redis.call("GET", KEYS[3])
  local here = redis.call("ZRANGEBYSCORE", KEYS[1], "(" .. gone, "+inf", "LIMIT", 0, ARGV[2])
  return {count, born and now - tonumber(born) or 0, here}
end
local found = {}
for place = 3, #ARGV do
  local seen = redis.call("ZSCORE", KEYS[1], ARGV[place])
  local since = redis.call("ZSCORE", KEYS[2], ARGV[place])
  found[#found + 1] = {seen or "", since or "", seen and tonumber(seen) > gone and 1 or 0}
end
return found
