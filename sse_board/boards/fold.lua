-- Folds the rows of one commit into a board, only on top of the state that the commit was made on.
-- KEYS: meta, ranks, rows, moves, samples
-- ARGV: epoch, from seq, to seq, milliseconds, hint channel, shared ties?, tell ranks?, then for each row
--       user id, rank key ('' removes the entry), tie seq in 15 digits, row as it is shown
-- Returns {status, seq now, rank before, rank now, …}; status 'folded', 'behind', 'ahead' or 'missing'.
local epoch, seq = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'seq'))
if not seq or tonumber(epoch) < tonumber(ARGV[1]) then return {'missing', 0} end

local function rank_of(user)
  local row = redis.call('HGET', KEYS[3], user)
  if not row then return false end
  local member = string.sub(row, 1, 15) .. user
  if ARGV[6] == '1' then
    return redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. redis.call('ZSCORE', KEYS[2], member)) + 1
  end
  return redis.call('ZRANK', KEYS[2], member) + 1
end

local function ranks()
  local found = {}
  if ARGV[7] == '1' then
    for i = 8, #ARGV, 4 do found[#found + 1] = rank_of(ARGV[i]) end
  end
  return found
end

local function answer(status, before, now)
  local reply = {status, tonumber(seq)}
  for i = 1, #now do
    reply[#reply + 1] = before[i] or false
    reply[#reply + 1] = now[i]
  end
  return reply
end

if tonumber(epoch) > tonumber(ARGV[1]) or tonumber(seq) >= tonumber(ARGV[3]) then
  return answer('ahead', {}, ranks())
end
if tonumber(seq) < tonumber(ARGV[2]) then return {'behind', tonumber(seq)} end

local before, users = ranks(), {}
for i = 8, #ARGV, 4 do
  local user, key, tie, row = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local old = redis.call('HGET', KEYS[3], user)
  local reached = old and string.sub(old, 1, 15)
  local stale = old and reached .. user
  -- Scores go without an action, or back to that of an earlier one, only where one was taken back.
  local back = old and (key == '' or tie < reached
    or (tie == reached and tonumber(redis.call('ZSCORE', KEYS[2], stale)) ~= tonumber(key)))
  if back then
    redis.call('HSET', KEYS[5], 'voided:' .. user, ARGV[4])
    redis.call('EXPIRE', KEYS[5], 3780) -- seconds: as long as samples are kept
  end
  if back or (ARGV[7] ~= '1' and tie ~= reached) then redis.call('HDEL', KEYS[4], user) end -- the rank before is unknown
  if stale and (key == '' or stale ~= tie .. user) then redis.call('ZREM', KEYS[2], stale) end
  if key == '' then
    redis.call('HDEL', KEYS[3], user)
    redis.call('HDEL', KEYS[4], user)
  else
    redis.call('ZADD', KEYS[2], key, tie .. user)
    redis.call('HSET', KEYS[3], user, tie .. row)
  end
  users[#users + 1] = user
end
for i = 1, #before do
  local key = ARGV[5 + 4 * i]
  if before[i] and key ~= '' then redis.call('HSET', KEYS[4], users[i], before[i]) end
end

local from, now = seq, ranks()
seq = ARGV[3]
redis.call('HSET', KEYS[1], 'seq', seq, 'at', ARGV[4])

-- Whose rank may have changed besides those of the users: from the better of a user's two ranks to the worse; where ranks
-- are shared, come or go, or are not looked at, of everybody from there on.
local function spans()
  if ARGV[7] ~= '1' then return {'1-'} end
  local found = {}
  for i = 1, #now do
    local a, b = before[i] or now[i], now[i] or before[i]
    if a and ARGV[6] == '1' or before[i] ~= now[i] then
      local is_open = ARGV[6] == '1' or not (before[i] and now[i])
      found[#found + 1] = math.min(a, b) .. '-' .. (is_open and '' or math.max(a, b))
    end
  end
  return found
end

local told = '*'
if #users <= 500 then -- a hint stays below 30 KB
  users[#users + 1] = '@' .. from
  for _, span in ipairs(spans()) do users[#users + 1] = span end
  told = table.concat(users, ',')
end
redis.call('PUBLISH', ARGV[5], epoch .. '-' .. seq .. ' ' .. told)
return answer('folded', before, now)
