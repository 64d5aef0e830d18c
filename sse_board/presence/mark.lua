-- Some people are here now. How many are, all in all, and for how many milliseconds this has been written down.
-- KEYS: when each was last seen, since when they are here, when this was begun.
-- ARGV: milliseconds until somebody is gone, and until they are forgotten; how many of the people may have been away;
-- the people, those first.
local head, at_once = 3, 1000 -- Lua hands over no more than some thousand values in one call
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone, forgotten = now - tonumber(ARGV[1]), now - tonumber(ARGV[2])
redis.call("SETNX", KEYS[3], now)

local function add(key, people)
  local pairs = {}
  for place, person in ipairs(people) do
    pairs[2 * place - 1], pairs[2 * place] = now, person
  end
  if #people > 0 then
    redis.call("ZADD", key, unpack(pairs))
  end
end

local last_fresh = head + tonumber(ARGV[3])
for first = head + 1, #ARGV, at_once do
  local last = math.min(first + at_once - 1, #ARGV)
  local came = {}
  if first <= last_fresh then
    local seen = redis.call("ZMSCORE", KEYS[1], unpack(ARGV, first, math.min(last, last_fresh)))
    for place, at in ipairs(seen) do
      if not at or tonumber(at) <= gone then
        came[#came + 1] = ARGV[first + place - 1]
      end
    end
  end
  add(KEYS[2], came)
  add(KEYS[1], {unpack(ARGV, first, last)})
end
local old = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", forgotten, "LIMIT", 0, at_once)
if #old > 0 then
  redis.call("ZREM", KEYS[1], unpack(old))
  redis.call("ZREM", KEYS[2], unpack(old))
end
return {redis.call("ZCOUNT", KEYS[1], "(" .. gone, "+inf"), now - tonumber(redis.call("GET", KEYS[3]))}
