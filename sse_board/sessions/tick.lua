-- Ticks of many runs, in the order in which they came; one hint tells of all of them.
-- ARGV: hint channel, ticks a second that are taken of one run, seconds to live, earlier ticks that are kept; then for
-- each tick: run, player, number of fields, and each field with its value.
-- Returns for each of them: taken, limited, forbidden, ended or missing.
local channel, quota, seconds, kept = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local now_text = string.format('%.0f', now)
local hints = {}

local function longer(trend, value)
  trend = trend and trend .. ' ' .. value or value
  local _, count = string.gsub(trend, ' ', '')
  if count >= kept then trend = string.gsub(trend, '^%S+ ', '') end
  return trend
end

local function take(place, count)
  local id, user = ARGV[place], ARGV[place + 1]
  local key = 'sse_board:run:' .. id
  local owner, app, metric, ended, since, taken, trend =
    unpack(redis.call('HMGET', key, 'user', 'app', 'metric', 'ended', 'since', 'taken', 'trend'))
  if not owner then return 'missing' end
  if owner ~= user then return 'forbidden' end
  if ended then return 'ended' end
  since, taken = tonumber(since or 0), tonumber(taken or 0)
  if now - since >= 1000 or now < since then since, taken = now, 0 end
  if taken >= quota then return 'limited' end
  local value
  local changes = {'at', now_text, 'since', string.format('%.0f', since), 'taken', taken + 1}
  for field = place + 3, place + 1 + 2 * count, 2 do
    changes[#changes + 1] = ARGV[field]
    changes[#changes + 1] = ARGV[field + 1]
    if ARGV[field] == metric then value = ARGV[field + 1] end
  end
  if value then
    changes[#changes + 1] = 'trend'
    changes[#changes + 1] = longer(trend, value)
    redis.call('ZADD', 'sse_board:runs:best:' .. app, value, id)
  end
  redis.call('HSET', key, unpack(changes))
  redis.call('HINCRBY', key, 'ticks', 1)
  redis.call('EXPIRE', key, seconds)
  redis.call('EXPIRE', 'sse_board:runs:of:' .. user, seconds)
  hints[#hints + 1] = app .. '/' .. id .. '/' .. user
  return 'taken'
end

local answers, place = {}, 5
while place <= #ARGV do
  local count = tonumber(ARGV[place + 2])
  answers[#answers + 1] = take(place, count)
  place = place + 3 + 2 * count
end
if #hints > 0 then redis.call('PUBLISH', channel, table.concat(hints, ' ')) end
return answers
