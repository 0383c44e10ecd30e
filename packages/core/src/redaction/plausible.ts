/** What stands where a secret would: templates, environment variables, words that describe it. Prompts are full of them. */
const REFERENCE =
  /^(?:\$?\{\{[^{}]{0,200}\}\}|\$\{[^{}]{1,200}\}|%[A-Z_][A-Z0-9_]{0,99}%|<[^<>]{1,100}>|\{[a-z_]\w{0,60}\})$/i

/** A reference to a secret and not one itself: `${API_KEY}`, `{{api_key}}`, `<your key>`. */
export function isReference(value: string): boolean {
  return value.length <= 210 && REFERENCE.test(value)
}

const PLACEHOLDER =
  /^(?:\$|<|\{|\[|%[({]|\*+$|[x.\-_#]+$|your|my[-_ ]|example|sample|change[-_ ]?me|placeholder|dummy|insert|replace|enter|(?:none|null|nil|undefined|true|false|string|str|text|number|integer|int|float|boolean|bool|bytes|object|array|any|required|optional|redacted|hidden|masked|secret|password|token|todo|tbd|n\/a|env|value|auto|default|empty|missing|invalid|expired|here|valid)$)/i

/** What people write where a secret goes later. */
export function isPlaceholder(value: string): boolean {
  return value.length <= 100 && PLACEHOLDER.test(value)
}

const CODE =
  /[()[\]{}]|=>|->|::|^[A-Za-z_$][A-Za-z_$]*(?:\.[A-Za-z_$]+)+$|^process\.env|^os\.environ|^[\w.-]+\.(?:pem|key|json|ya?ml|py|ts|js|txt|md|env)$/
const TECHNICAL =
  /^(?:v?\d[\d.,:/x-]*[a-z%]{0,3}|\d+-?[a-z]{1,12}|[a-z]{1,16}-?\d{1,3}|https?:.*|[./~](?![a-z\d+/]{39}$).*)$/i
/** Names of models and ciphers, in no long run of letters and digits: that holds any three letters by chance. */
const TECHNICAL_NAME =
  /(?<![A-Za-z0-9]{9})(?:gpt|claude|gemini|llama|mistral|qwen|deepseek|command|base64|base32|utf-?8|utf-?16|sha-?\d|md5|rsa|aes|ed25519|hmac|oauth|x509|pkcs|bcrypt|argon2|hs256|rs256|http)(?![A-Za-z0-9]{9})/i

/** Looks like an expression, a path or a file name of a program. */
export function isCode(value: string): boolean {
  return value.length <= 200 && CODE.test(value)
}

/** So much of a value tells what it is. */
const HEAD = 80

/**
 * Letters mixed with digits or signs as no word of a language has them. For values that only stand near a telling key, with
 * nothing else to say that they are secrets.
 */
export function looksRandom(value: string, least: number): boolean {
  if (value.length < least || isPlaceholder(value) || isCode(value)) return false
  if (value.length <= 100 && (TECHNICAL.test(value) || TECHNICAL_NAME.test(value))) return false
  const head = value.slice(0, HEAD)
  const letters = /[A-Za-z]/.test(head)
  if (letters && (/\d/.test(head) || /[!@#$%^&*+~]/.test(head))) return hasDistinct(head, 4)
  return head.length >= 20 && /[a-z][A-Z].*[a-z][A-Z]/.test(head) && hasDistinct(head, 12)
}

/** Whether so many of its characters differ. For most texts a set would be made for nothing. */
function hasDistinct(text: string, least: number): boolean {
  let distinct = 0
  const seen = [0, 0, 0, 0]
  for (let at = 0; at < text.length && distinct < least; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) return new Set(text).size >= least
    const bit = 1 << (code & 31)
    const bits = seen[code >> 5] as number
    if ((bits & bit) !== 0) continue
    seen[code >> 5] = bits | bit
    distinct++
  }
  return distinct >= least
}

/** After a word for password less is enough: `hunter2`, `123456`. Words alone stay: `password: required`. */
export function looksLikePassword(value: string): boolean {
  if (value.length < 4 || isPlaceholder(value) || isCode(value) || /^[./~]/.test(value)) return false
  const head = value.slice(0, HEAD)
  return /^\d{4,}$/.test(head) || (/[A-Za-z]/.test(head) && /[\d!@#$%^&*+~]/.test(head) && !/^\d+-?[a-z]+$/i.test(head))
}
