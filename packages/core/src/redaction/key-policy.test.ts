import { describe, expect, it } from 'vitest'
import { createKeyPolicy, type KeyOptions } from './key-policy.ts'

const words = (text: string) => text.trim().split(/\s+/)

const SECRET = words(`
  password Password PASSWORD db_password dbPassword DB_PASSWORD userpassword passwd pwd MYSQL_PWD passphrase password2
  secret client_secret clientSecret CLIENT-SECRET webhook_secret secrets aws_secret_access_key AWS_SECRET_ACCESS_KEY
  api_key apiKey apikey APIKEY API-KEY api-key api.key x-api-key X-API-Key XApiKey openai_api_key OPENAI_API_KEY
  openaiApiKey OpenAIApiKey openaiapikey api_key_2 api_key_production apiKeyProd private_key privateKey signing_key
  encryptionKey app_key account_key ssh_key api_keys secret_key access_key token TOKEN auth_token authToken access_token
  accessToken refresh_token github_token GITHUB_TOKEN bearer_token id_token session_token csrf_token token_v2 jwt
  authorization Authorization proxy-authorization cookie Cookie set-cookie Set-Cookie credentials credential creds
  aws_credentials connection_string connectionString ConnectionString database_url DATABASE_URL sentry_dsn dsn
`)

const PLAIN = words(`
  max_tokens maxTokens max_completion_tokens min_tokens tokens token_count tokenCount prompt_tokens total_tokens n_tokens
  tokenizer tokenization stop_tokens stopTokens bad_words eos_token bos_token pad_token stop_token max_token
  special_tokens input_keys inputKeys output_keys input_key output_key key keys key_id keyId monkey turkey keyboard keyword
  keywords primary_key foreign_key sort_key sortKey public_key publicKey cache_key idempotency_key partition_key
  top_k top_p frequency_penalty presence_penalty temperature model messages role content name value template_format
  secretary secret_name secretRef password_policy password_min_length passing author authors authority path pattern patience
  compass passage bypass cookie_policy oauth_url description response_format author_name app_name environment revision
  variant_name api_base api_version base_url user id url email
`)

describe('createKeyPolicy', () => {
  const policy = createKeyPolicy()

  it.each(SECRET)('knows %s for a secret', (key) => {
    expect(policy(key)).not.toBeNull()
  })

  it.each(PLAIN)('leaves %s alone', (key) => {
    expect(policy(key)).toBeNull()
  })

  it('takes one key for another that differs in case and separators only', () => {
    const policy = createKeyPolicy({ only: ['ssn', 'tax_id'] })
    for (const key of ['tax_id', 'taxId', 'TAX-ID', 'tax.id', 'taxid', 'TaxID', 'x-tax-id'])
      expect(policy(key)).toBe('tax_id')
    expect(policy('password')).toBeNull()
    expect(policy('taxi')).toBeNull()
  })

  it.each<[KeyOptions, string, string | null]>([
    [['customer_*'], 'customerName', 'customer_*'],
    [['customer_*'], 'customer', null],
    [['*_ref'], 'order.ref', '*_ref'],
    [['p?n'], 'pin', 'p?n'],
    [['p?n'], 'pain', null],
    [['*'], 'anything', '*'],
    [['public_key'], 'publicKey', 'public_key'],
    [{ add: ['max_tokens'] }, 'maxTokens', 'max_tokens'],
    [{ except: ['*_token'] }, 'github_token', null],
    [{ except: ['*_token'], add: ['github_token'] }, 'githubToken', 'github_token'],
    [{ only: [] }, 'password', null],
  ])('%j judges %s by %s', (options, key, pattern) => {
    expect(createKeyPolicy(options)(key)).toBe(pattern)
  })

  it('refuses patterns that say nothing', () => {
    for (const pattern of ['', '_', ' - ', undefined]) {
      expect(() => createKeyPolicy([pattern as string])).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    }
  })

  it('judges keys of any length and kind', () => {
    for (const key of ['', '_', '\u0000', '__proto__', 'constructor', '\ud800', '🔑', 'a'.repeat(1e6)]) {
      expect(policy(key)).toBeNull()
    }
    expect(policy(`${'a'.repeat(1e5)}_password`)).not.toBeNull()
    expect(policy('пароль_password')).not.toBeNull()
  })
})
