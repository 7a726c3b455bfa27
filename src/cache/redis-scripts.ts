/**
 * What must happen in one go on the server. Every script gets the prefix of all keys first, and keeps beside the
 * entries: when each was last used (a sorted set), its sizes (`stored:raw`), and the sum of the stored bytes.
 * An entry is `storedAt` and lifetime as 16 digits each, then what `redis-store.ts` makes of it.
 */
const SHARED = `
local prefix = ARGV[1]
local used, sizes, sum = prefix .. 'used', prefix .. 'size', prefix .. 'bytes'
local function sizeOf(key) return tonumber(string.match(redis.call('HGET', sizes, key) or '0', '^%d+')) end
local function remove(key)
  local size = sizeOf(key)
  if size > 0 then redis.call('DECRBY', sum, size) end
  redis.call('HDEL', sizes, key)
  redis.call('ZREM', used, key)
  return redis.call('UNLINK', prefix .. 'e:' .. key), size
end
`

/**
 * Stores an entry, then puts out the least recently used ones until all fit. Answers how many, and their bytes. SET comes
 * first: a server that is full refuses it only as long as the script changed nothing.
 */
export const PUT = `${SHARED}
local key, bytes, at, life, raw, cap = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local before = sizeOf(key)
redis.call('SET', prefix .. 'e:' .. key, bytes, 'PX', life)
redis.call('HSET', sizes, key, #bytes .. ':' .. raw)
redis.call('ZADD', used, at, key)
local total = redis.call('INCRBY', sum, #bytes - before)
local count, gone = 0, 0
while total > cap do
  local oldest = redis.call('ZPOPMIN', used)[1]
  if not oldest then redis.call('SET', sum, 0) break end
  local there, size = remove(oldest)
  total = total - size
  if there > 0 then count = count + 1 gone = gone + size end
end
return { count, gone }`

/** Marks an entry stored anew at a moment; it is kept as long from then on as it was at first. */
export const TOUCH = `${SHARED}
local key, at = ARGV[2], ARGV[3]
local entry = prefix .. 'e:' .. key
local life = redis.call('GETRANGE', entry, 16, 31)
if #life < 16 then return 0 end
redis.call('SETRANGE', entry, 0, at)
redis.call('PEXPIRE', entry, tonumber(life))
redis.call('ZADD', used, tonumber(at), key)
return 1`

/** Removes entries; answers for each whether it was there. */
export const REMOVE = `${SHARED}
local gone = {}
for index = 2, #ARGV do gone[index - 1] = remove(ARGV[index]) end
return gone`

/**
 * Looks over keys: one whose entry the server let go is forgotten, one that expired before a moment (0 for none) is
 * removed. Answers how many were removed, their bytes, and the stored and raw bytes of each that stays.
 */
export const SWEEP = `${SHARED}
local now = tonumber(ARGV[2])
local count, gone, kept = 0, 0, {}
for index = 3, #ARGV do
  local key = ARGV[index]
  local head = redis.call('GETRANGE', prefix .. 'e:' .. key, 0, 31)
  local stored, life = tonumber(string.sub(head, 1, 16)), tonumber(string.sub(head, 17, 32))
  if not stored or not life then remove(key)
  elseif stored + life <= now then
    local _, size = remove(key)
    count = count + 1
    gone = gone + size
  else kept[#kept + 1] = key .. ' ' .. (redis.call('HGET', sizes, key) or '0:0') end
end
return { count, gone, kept }`

/** Marks keys as used, those still there. Arguments come as moment, key, moment, key ... */
export const USED = `${SHARED}
for index = 2, #ARGV, 2 do redis.call('ZADD', used, 'XX', ARGV[index], ARGV[index + 1]) end
return 0`

/** Adds to the figures. Arguments come as name, amount, name, amount ... */
export const NOTE = `${SHARED}
for index = 2, #ARGV, 2 do redis.call('HINCRBY', prefix .. 'figure', ARGV[index], ARGV[index + 1]) end
return 0`

/** All figures as a flat list of name and amount: a script answers so in every version of the protocol. */
export const FIGURES = `return redis.call('HGETALL', ARGV[1] .. 'figure')`
