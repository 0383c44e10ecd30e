import { createHash } from 'node:crypto'

/** Draws the same for the same seed. */
export interface Drawing {
  number(below: number): number
  one<T>(list: readonly T[]): T
  /** So many bytes. */
  bytes(count: number): Buffer
}

/** By SHA-256 in counter mode: bytes of secrets' kind, as ids and digests have them. */
export function drawing(seed: number): Drawing {
  let block = Buffer.alloc(0)
  let at = 0
  let counter = 0
  const bytes = (count: number): Buffer => {
    const parts: Buffer[] = []
    for (let left = count; left > 0; ) {
      if (at >= block.length) {
        block = createHash('sha256').update(`${seed}:${counter++}`).digest()
        at = 0
      }
      const part = block.subarray(at, at + left)
      parts.push(part)
      at += part.length
      left -= part.length
    }
    return Buffer.concat(parts)
  }
  const number = (below: number) => bytes(4).readUInt32BE() % below
  return { number, bytes, one: (list) => list[number(list.length)] as (typeof list)[number] }
}

const split = (text: string) => text.trim().split(/\s+/)

const NOUNS =
  split(`answer customer order refund invoice token key secret password session cookie credential prompt model
  agent tool schema budget window context limit policy review branch commit release rollout queue worker retry timeout
  header payload webhook receiver signature nonce cursor page batch cache bucket region cluster shard replica index
  vector embedding chunk document paragraph sentence word letter accent locale currency tax discount basket parcel
  courier address postcode ticket agenda minute hour quarter budget forecast metric threshold baseline experiment`)
const VERBS =
  split(`keep return check count rotate store send receive verify sign parse render skip merge open close cite
  translate summarise rewrite shorten explain compare rank refuse escalate apologise greet quote mention ignore list`)
const ADJECTIVES = split(`short polite plain public private shared secret stale fresh empty basic final valid invalid
  expired pending optional required default custom bearer anonymous internal external weekly nightly`)
const OTHER = [
  'Der Schlüssel zum Erfolg ist Geduld; das Passwort wird nie per Mail verschickt.',
  'Le mot de passe oublié : envoyez un lien. Le jeton expire après 30 minutes.',
  'La clave es escuchar: nunca pidas la contraseña, ni el código 123.',
  '密码：请用户自行重置。令牌：最多4096个，超出则截断。API密钥不会显示。',
  'パスワード：8文字以上。トークン数は512以下に保つこと。',
  'Пароль: не короче 8 символов. Ключ: сначала слушать, потом отвечать.',
  'كلمة المرور: لا تطلبها أبدا. الرمز صالح لمدة 15 دقيقة.',
  '비밀번호: 8자 이상. 토큰: 최대 2048개.',
]
const MODELS = split(`gpt-4o-mini-2024-07-18 gpt-4.1-nano claude-3-5-sonnet-20241022 claude-opus-4-20250514 o3-mini-high
  meta-llama/Llama-3.1-70B-Instruct mistralai/Mixtral-8x7B-Instruct-v0.1 gemini-1.5-pro-002 command-r-plus-08-2024
  text-embedding-3-large Qwen/Qwen2.5-Coder-32B-Instruct deepseek-r1-distill-llama-70b whisper-large-v3 bge-m3
  anthropic.claude-3-haiku-20240307-v1:0 accounts/fireworks/models/llama-v3p1-405b-instruct ft:gpt-3.5-turbo:acme::9Kx`)
const PACKAGES = split(
  `@types/node left-pad react-dom lodash.merge esbuild @babel/core zod undici hono drizzle-orm vite tsx`,
)
const EMOJI = [...'🚀🔑🔒✅⚠️🎉👩‍💻🇩🇪🧪📦🔥💡']

type Piece = (draw: Drawing) => string

const sentence: Piece = ({ one, number }) => {
  const forms = [
    `${cap(one(VERBS))} the ${one(ADJECTIVES)} ${one(NOUNS)} of each ${one(NOUNS)} before you ${one(VERBS)} the ${one(NOUNS)}.`,
    `The ${one(NOUNS)} is ${one(ADJECTIVES)}: ${one(VERBS)} ${number(900)} ${one(NOUNS)}s, then ${one(VERBS)}.`,
    `If a ${one(NOUNS)} ${one(NOUNS)} is ${one(ADJECTIVES)}, ${one(VERBS)} it — the ${one(NOUNS)} stays ${one(ADJECTIVES)}.`,
    `${cap(one(NOUNS))}: ${one(ADJECTIVES)}, ${one(ADJECTIVES)} or ${one(ADJECTIVES)}; ${one(NOUNS)} limit = ${number(5000)}.`,
    `- ${cap(one(NOUNS))} ${one(NOUNS)} → ${one(VERBS)} {{${one(NOUNS)}_${one(NOUNS)}}} (max ${number(100)} %) ${one(EMOJI)}`,
  ]
  return one(forms)
}

const cap = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const camel = (draw: Drawing) => `${draw.one(VERBS)}${cap(draw.one(NOUNS))}${cap(draw.one(NOUNS))}`
const snake = (draw: Drawing) => `${draw.one(NOUNS)}_${draw.one(NOUNS)}`
const uuid = (draw: Drawing) =>
  draw
    .bytes(16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
const day = ({ number }: Drawing) => `20${20 + number(9)}-0${1 + number(9)}-${10 + number(18)}`
const version = ({ number, one }: Drawing) =>
  `${one(['', '^', '~', '>=', 'v'])}${number(30)}.${number(30)}.${number(99)}${one(['', '-rc.1', '-beta.12', '+build.7'])}`

/** What prompts and configurations hold, and secrets do not. Each is drawn anew. */
export const PIECES: Readonly<Record<string, Piece>> = {
  prose: (draw) => Array.from({ length: 2 + draw.number(5) }, () => sentence(draw)).join(' '),
  foreign: ({ one }) => `${one(OTHER)} ${one(OTHER)}`,
  javascript: (draw) =>
    `const ${camel(draw)} = async ({ ${snake(draw)}, token, key = ${draw.number(99)} }) => {\n  if (token !== ${draw.one(NOUNS)}.token && key >= ${draw.number(9)}) return null\n  return cache.get(key)?.${camel(draw)}(\`\${token}:\${key}\`) ?? ${snake(draw)}['${draw.one(NOUNS)}']\n}`,
  python: (draw) =>
    `def ${snake(draw)}(self, token: str, *, api_key: str | None = None) -> Dict[str, int]:\n    password = getpass.getpass("Password: ")\n    secret = os.environ["${snake(draw).toUpperCase()}"]\n    return {k: len(v) for k, v in tokens.items() if v != ${draw.number(99)}}`,
  go: (draw) =>
    `func (s *Server) ${cap(camel(draw))}(ctx context.Context, token string) (*Session, error) {\n\tkey := fmt.Sprintf("%s:%d", ${draw.one(NOUNS)}.ID, ${draw.number(99)})\n\tif err := s.${draw.one(VERBS)}(ctx, key, token); err != nil {\n\t\treturn nil, fmt.Errorf("secret: %w", err)\n\t}\n}`,
  rust: (draw) =>
    `let token: Option<&str> = headers.get("authorization").and_then(|v| v.to_str().ok());\nmatch secret { Some(key) => ${snake(draw)}(key)?, None => return Err(Error::${cap(draw.one(NOUNS))}) }`,
  php: (draw) =>
    `$this->${camel(draw)}->token = $request->input('token') ?? null; // ${draw.one(NOUNS)}\n['key' => $row->${snake(draw)}, 'password' => Hash::make($password)]`,
  shell: (draw) =>
    `curl -sS "$BASE/${draw.one(NOUNS)}/${draw.number(999)}" -H "Authorization: Bearer $TOKEN" | jq -r '.${snake(draw)}'\nexport API_KEY="\${API_KEY:?missing}" PASSWORD=$(pass show ${draw.one(NOUNS)})`,
  sql: (draw) =>
    `SELECT key, token_count, ${snake(draw)} FROM ${draw.one(NOUNS)}s WHERE session_id = $1 AND created_at >= '${day(draw)}' AND key <> '${draw.one(NOUNS)}' ORDER BY ${snake(draw)} LIMIT ${draw.number(500)};`,
  css: (draw) =>
    `.${draw.one(NOUNS)}-${draw.one(NOUNS)} { color: #${draw.bytes(3).toString('hex')}; width: calc(100% - ${draw.number(64)}px); animation: ${draw.one(NOUNS)} ${draw.number(900)}ms cubic-bezier(0.4, 0, 0.2, 1); --key-color: rgb(${draw.number(255)} 12 8 / 40%); }`,
  cron: (draw) =>
    `${draw.number(60)} ${draw.number(24)} * * 1-5  /usr/bin/${draw.one(NOUNS)}-${draw.one(VERBS)} --retries ${draw.number(9)} # ${draw.one(NOUNS)}`,
  table: (draw) =>
    `| Key | Value | ${cap(draw.one(NOUNS))} |\n| --- | ---: | --- |\n${Array.from({ length: 4 }, () => `| ${draw.one([snake(draw), 'token', 'api key', 'password', '`client_secret`', 'max_tokens'])} | ${draw.one([String(draw.number(9999)), draw.one(MODELS), sentence(draw), 'string', '`null`', day(draw), version(draw), 'see above'])} | ${draw.one(ADJECTIVES)} |`).join('\n')}`,
  urls: (draw) =>
    `https://${draw.one(NOUNS)}.example.com/v${draw.number(4)}/${draw.one(NOUNS)}s/${uuid(draw)}?page=${draw.number(99)}&sort=${snake(draw)}&q=api+key&lang=en-GB#${draw.one(NOUNS)}-${draw.number(99)}`,
  ids: (draw) =>
    `${uuid(draw)} ${draw.bytes(20).toString('hex')} sha256:${draw.bytes(32).toString('hex')} ${draw.bytes(16).toString('hex')} W/"${draw.bytes(8).toString('hex')}" req_${draw.bytes(8).toString('hex')} sha512-${draw.bytes(64).toString('base64')}`,
  image: (draw) =>
    `![${draw.one(NOUNS)}](data:image/${draw.one(['png', 'jpeg', 'webp'])};base64,${draw.bytes(300 + draw.number(600)).toString('base64')})`,
  models: (draw) =>
    `model: ${draw.one(MODELS)}\nfallbacks: [${draw.one(MODELS)}, ${draw.one(MODELS)}]\nmax_tokens: ${draw.number(8192)}\nstop_token: <|endoftext|>\ntop_p: 0.${draw.number(99)}\nseed: ${draw.bytes(4).readUInt32BE()}`,
  schema: (draw) =>
    JSON.stringify({
      name: camel(draw),
      description: sentence(draw),
      parameters: {
        type: 'object',
        properties: {
          password: { type: 'string', minLength: draw.number(20), description: sentence(draw) },
          api_key: { type: 'string', pattern: `^[A-Za-z0-9_-]{${draw.number(60)}}$` },
          [snake(draw)]: { type: 'integer', default: draw.number(99), enum: [1, 2, draw.number(99)] },
        },
        required: ['password', snake(draw)],
      },
    }),
  numbers: (draw) =>
    `${draw.bytes(8).readBigUInt64BE()} ${draw.number(1e9)}.${draw.number(1e9)} +49 30 ${draw.number(1e7)} DE${10 + draw.number(89)} ${1000 + draw.number(8999)} ${1000 + draw.number(8999)} 4111 1111 1111 ${1000 + draw.number(8999)} ${draw.number(999)},${draw.number(999)}.${draw.number(99)} 0x${draw.bytes(8).toString('hex')} [${Array.from({ length: 12 }, () => (draw.number(2e6) / 1e6 - 1).toFixed(6)).join(', ')}]`,
  paths: (draw) =>
    `/srv/${draw.one(NOUNS)}/${snake(draw)}/${draw.one(NOUNS)}.${draw.number(9)}.tar.gz C:\\Users\\${draw.one(NOUNS)}\\AppData\\Local\\Temp\\${draw.bytes(4).toString('hex')}.log ~/.ssh/id_ed25519.pub ./src/auth/${camel(draw)}.test.ts:${draw.number(400)}:${draw.number(80)}`,
  gitlog: (draw) =>
    `commit ${draw.bytes(20).toString('hex')}\nAuthor: Ada Example <ada@example.com>\nDate:   Mon Mar ${1 + draw.number(28)} 12:${10 + draw.number(49)}:07 2026 +0100\n\n    ${cap(draw.one(VERBS))} ${draw.one(NOUNS)} ${draw.one(NOUNS)} (#${draw.number(9999)})\n\ndiff --git a/${snake(draw)}.ts b/${snake(draw)}.ts\nindex ${draw.bytes(4).toString('hex').slice(1)}..${draw.bytes(4).toString('hex').slice(1)} 100644`,
  lock: (draw) =>
    `"${draw.one(PACKAGES)}@${version(draw)}":\n  version "${version(draw)}"\n  resolved "https://packages.example.org/${draw.one(PACKAGES)}/-/${draw.one(NOUNS)}-${draw.number(30)}.${draw.number(9)}.0.tgz#${draw.bytes(20).toString('hex')}"\n  integrity sha512-${draw.bytes(64).toString('base64')}`,
  i18n: (draw) =>
    JSON.stringify({
      [`login.password.${draw.one(ADJECTIVES)}.hint`]: `${draw.one(OTHER)}`,
      [`${draw.one(NOUNS)}.token.label`]: `${cap(draw.one(ADJECTIVES))} ${draw.one(NOUNS)} ({count, plural, one {# token} other {# tokens}})`,
    }),
  env: (draw) =>
    `# ${sentence(draw)}\n${snake(draw).toUpperCase()}_TIMEOUT_MS=${draw.number(60000)}\nAPI_KEY=<your key>\nDB_PASSWORD=changeme\nTOKEN_LIMIT=${draw.number(9999)}\nSECRET_NAME=\${${snake(draw).toUpperCase()}}`,
  yaml: (draw) =>
    `env:\n  - name: API_KEY\n    valueFrom:\n      secretKeyRef: { name: ${draw.one(NOUNS)}-${draw.one(NOUNS)}, key: token }\nimage: images.example.com/${draw.one(PACKAGES)}:${version(draw)}@sha256:${draw.bytes(32).toString('hex')}\ncacheKey: ${draw.one(NOUNS)}-${draw.number(99)}`,
  log: (draw) =>
    `${day(draw)}T12:${10 + draw.number(49)}:00.${draw.number(999)}Z INFO [${draw.one(NOUNS)}-${draw.number(9)}] token usage: ${draw.number(9999)} in / ${draw.number(999)} out, key=${draw.one(NOUNS)}:${draw.number(999)}, trace_id=${draw.bytes(16).toString('hex')} latency=${draw.number(999)}ms`,
  regex: (draw) =>
    `const ${camel(draw)} = /^(?:[A-Z]{2,${3 + draw.number(9)}}-\\d{4,}|[a-f0-9]{${draw.number(64)}})$/iu // token: letters`,
  html: (draw) =>
    `<label for="password">Password</label>\n<input type="password" name="password" autocomplete="current-password" class="w-${draw.number(96)} ${draw.one(NOUNS)}-${draw.number(9)}" data-key="${draw.one(NOUNS)}">`,
}

/** A text of some twenty pieces, as many kinds as come. */
export function ordinaryText(draw: Drawing): string {
  const kinds = Object.values(PIECES)
  return Array.from({ length: 20 }, () => draw.one(kinds)(draw)).join('\n\n')
}
