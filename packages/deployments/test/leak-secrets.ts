/** A secret as it is planted, and the part of it that must be found nowhere. */
export interface Planted {
  kind: string
  /** As people write it: alone, or in the address or file it comes in. */
  text: string
  secret: string
  /** Known to the host: hidden by its value alone. */
  known: boolean
}

type Draw = (length: number, alphabet?: string) => string
type Kind = readonly [kind: string, make: (draw: Draw) => string | { text: string; secret: string }]

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const HEX = '0123456789abcdef'
const URL_SAFE = `${ALNUM}-_`

/** Formats as vendors document them; put together here so that no scanner takes this file for a leak. */
const KINDS: readonly Kind[] = [
  ['openai', (draw) => `sk-${'proj'}-${draw(48, URL_SAFE)}`],
  ['openai-old', (draw) => `sk-${draw(48)}`],
  ['anthropic', (draw) => `sk-${'ant'}-api03-${draw(93, URL_SAFE)}AA`],
  ['huggingface', (draw) => `hf_${draw(34)}`],
  ['groq', (draw) => `gsk_${draw(52)}`],
  ['google', (draw) => `AIza${draw(35, URL_SAFE)}`],
  ['github', (draw) => `ghp_${draw(36)}`],
  ['github-fine', (draw) => `github_pat_${draw(22)}_${draw(59)}`],
  ['github-app', (draw) => `ghs_${draw(36)}`],
  ['gitlab', (draw) => `glpat-${draw(20, URL_SAFE)}`],
  ['bitbucket', (draw) => `ATBB${draw(32)}`],
  ['atlassian', (draw) => `ATATT3xFfGF0${draw(150, URL_SAFE)}=${draw(8, '0123456789ABCDEF')}`],
  ['aws-id', (draw) => `AKIA${draw(16, UPPER)}`],
  ['slack-bot', (draw) => `xoxb-${draw(12, '0123456789')}-${draw(12, '0123456789')}-${draw(24)}`],
  ['slack-hook', (draw) => `https://hooks.slack.com/services/T${draw(10, UPPER)}/B${draw(10, UPPER)}/${draw(24)}`],
  ['stripe', (draw) => `sk_${'live'}_${draw(24)}`],
  ['sendgrid', (draw) => `SG.${draw(22, URL_SAFE)}.${draw(43, URL_SAFE)}`],
  ['npm', (draw) => `npm_${draw(36)}`],
  ['pypi', (draw) => `pypi-AgEIcHlwaS5vcmc${draw(70, URL_SAFE)}`],
  ['docker', (draw) => `dckr_pat_${draw(27, URL_SAFE)}`],
  ['webhook', (draw) => `whsec_${draw(32)}`],
  ['telegram', (draw) => `${draw(10, '123456789')}:AA${draw(33, URL_SAFE)}`],
  ['digitalocean', (draw) => `dop_v1_${draw(64, HEX)}`],
  ['jwt', (draw) => `${json({ alg: 'HS256', typ: 'JWT' })}.${json({ sub: draw(10), iat: 1_700_000_000 })}.${draw(43)}`],
  ['postgres', (draw) => within((secret) => `postgres://app:${secret}@db.internal:5432/app`, draw(20))],
  ['mongodb', (draw) => within((secret) => `mongodb+srv://root:${secret}@c0.mongodb.net/?retryWrites=true`, draw(18))],
  ['basic-url', (draw) => within((secret) => `https://deploy:${secret}@git.example.com/a/b.git`, draw(22))],
  ['query', (draw) => within((secret) => `https://api.example.com/v1?access_token=${secret}&page=2`, draw(32))],
  ['bearer', (draw) => within((secret) => `Authorization: Bearer ${secret}`, draw(40))],
  ['assignment', (draw) => within((secret) => `export CLIENT_SECRET="${secret}"`, draw(28))],
  ['password', (draw) => within((secret) => `password: ${secret}`, `${draw(10)}7!x`)],
  ['pem', (draw) => within((secret) => pem(secret), draw(64))],
]

/** The same ones for the same seed. A quarter has no shape at all and is known by its value. */
export function plant(count: number, seed = 1): Planted[] {
  const draw = drawing(seed)
  return Array.from({ length: count }, (_, index): Planted => {
    if (index % 4 === 3) {
      const secret = `${draw(6, 'abcdefghijklmnopqrstuvwxyz')} ${draw(7)}/${draw(6)}+${index}`
      return { kind: 'known', known: true, secret, text: FORMS[(index >> 2) % FORMS.length]?.(secret) ?? secret }
    }
    const [kind, make] = KINDS[(index - (index >> 2)) % KINDS.length] ?? ['openai', () => '']
    const made = make(draw)
    return { kind, known: false, ...(typeof made === 'string' ? { text: made, secret: made } : made) }
  })
}

const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => encodeURIComponent(secret),
  (secret) => Buffer.from(`user:${secret}`).toString('base64'),
  (secret) => Buffer.from(secret).toString('base64url'),
]

function within(write: (secret: string) => string, secret: string) {
  return { text: write(secret), secret }
}

function pem(secret: string): string {
  const name = ['PRIVATE', 'KEY'].join(' ')
  return `-----BEGIN ${name}-----\n${secret}\n${secret.slice(0, 40)}\n-----END ${name}-----`
}

function json(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** mulberry32: good enough to draw letters from. */
function drawing(seed: number): Draw {
  let state = seed
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return (length, alphabet = ALNUM) =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)] ?? 'a').join('')
}
