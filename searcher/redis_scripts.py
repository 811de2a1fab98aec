"""The scripts that run on the Redis server: each whole or not at all.

All take the versions of tables first, and at which version the orders of each were right. A table
or an order is then named by its place among the keys.
"""

# KEYS: the versions, the ordered versions, the id of the step, and then tables and orders.
# ARGV: for how many seconds the id is remembered, a version that no table has had, how many there
# are of each kind, and then what was read (an empty text: nothing), what versions were, which
# changed tables have orders, and what is written, dropped, placed and removed from its place.
COMMIT = """
if redis.call('EXISTS', KEYS[3]) == 1 then return 1 end
local at = 10
local function take()
  at = at + 1
  return ARGV[at - 1]
end
local function take_key()
  return KEYS[tonumber(take())]
end
local function is_in_order(table)
  return redis.call('HGET', KEYS[1], table) == redis.call('HGET', KEYS[2], table)
end
for _ = 1, tonumber(ARGV[3]) do
  local table, key, value = take_key(), take(), take()
  if (redis.call('HGET', table, key) or '') ~= value then return 0 end
end
for _ = 1, tonumber(ARGV[4]) do
  local table, version = take_key(), take()
  if (redis.call('HGET', KEYS[1], table) or '') ~= version then return 0 end
end
local in_order = {}
for _ = 1, tonumber(ARGV[5]) do
  local table = take_key()
  if is_in_order(table) then in_order[#in_order + 1] = table end
end
for _ = 1, tonumber(ARGV[6]) do
  local table, key, value = take_key(), take(), take()
  redis.call('HSET', table, key, value)
  -- A table begins with a version that it has not had, so that none is taken for an earlier one.
  redis.call('HSETNX', KEYS[1], table, ARGV[2])
  redis.call('HINCRBY', KEYS[1], table, 1)
end
for _ = 1, tonumber(ARGV[7]) do
  local table, key = take_key(), take()
  redis.call('HDEL', table, key)
  if redis.call('EXISTS', table) == 1 then
    redis.call('HINCRBY', KEYS[1], table, 1)
  else
    redis.call('HDEL', KEYS[1], table)
  end
end
for _ = 1, tonumber(ARGV[8]) do
  local order, key, score = take_key(), take(), take()
  redis.call('ZADD', order, score, key)
end
for _ = 1, tonumber(ARGV[9]) do
  local order, key = take_key(), take()
  redis.call('ZREM', order, key)
end
for _, table in ipairs(in_order) do
  local version = redis.call('HGET', KEYS[1], table)
  if version then
    redis.call('HSET', KEYS[2], table, version)
  else
    redis.call('HDEL', KEYS[2], table)
  end
end
redis.call('SET', KEYS[3], 1, 'EX', ARGV[1])
return 1
"""

# KEYS: the versions, the ordered versions, a table, its own orders, and orders that it shares.
# ARGV: the version to which the entries belong (an empty text: no rows), the number of its own
# orders, and then entries: an order's place, a key, a score.
REORDER = """
if (redis.call('HGET', KEYS[1], KEYS[3]) or '') ~= ARGV[1] then return 0 end
local last_own = 3 + tonumber(ARGV[2])
for place = 4, last_own do
  redis.call('DEL', KEYS[place])
end
for at = 3, #ARGV, 3 do
  local place = tonumber(ARGV[at])
  if place <= last_own then
    redis.call('ZADD', KEYS[place], ARGV[at + 2], ARGV[at + 1])
  else
    redis.call('ZADD', KEYS[place], 'NX', ARGV[at + 2], ARGV[at + 1])
  end
end
if ARGV[1] == '' then
  redis.call('HDEL', KEYS[2], KEYS[3])
else
  redis.call('HSET', KEYS[2], KEYS[3], ARGV[1])
end
return 1
"""

# KEYS: the versions, the ordered versions. Answers the tables where they differ.
OUT_OF_ORDER = """
local versions = {}
local found = {}
local pairs_of = redis.call('HGETALL', KEYS[1])
for at = 1, #pairs_of, 2 do
  versions[pairs_of[at]] = pairs_of[at + 1]
  if redis.call('HGET', KEYS[2], pairs_of[at]) ~= pairs_of[at + 1] then
    found[#found + 1] = pairs_of[at]
  end
end
for _, table in ipairs(redis.call('HKEYS', KEYS[2])) do
  if not versions[table] then found[#found + 1] = table end
end
return found
"""
