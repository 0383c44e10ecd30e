/**
 * Keys whose values are hidden. Globs, matched word by word: `*_key` fits `apiKey`, `X-API-KEY` and `openai.api.key`, and
 * not `monkey`. A pattern without separators is also matched against the key without its own: `*apikey` fits `openaiapikey`.
 * Sources: the design's `secret_patterns` (`*_key`, `*_token`, `password`), OWASP Logging Cheat Sheet "Data to exclude",
 * and the variable names of the vendors' own SDKs.
 */
export const SECRET_KEYS: readonly string[] = words(`
  password *_password *password passwords *_passwords passwd *_passwd *passwd pwd *_pwd
  passphrase *_passphrase *passphrase passcode *_passcode *_pass pgpassword mysql_pwd pw *_pw
  secret *_secret secrets *_secrets *clientsecret secret_value secret_string totp_seed mfa_seed
  *_key *apikey *secretkey *privatekey *accesskey api_keys *_api_keys secret_keys *_secret_keys
  private_keys *_private_keys access_keys *_access_keys private_key_id pem *_pem jwk jwks_private
  token *_token *accesstoken *authtoken *refreshtoken *bearertoken *apitoken *sessiontoken
  access_tokens api_tokens auth_tokens refresh_tokens bearer *_bearer jwt *_jwt pat *_pat
  authorization *_authorization cookie *_cookie cookies set_cookie auth_header x_auth
  credential *_credential credentials *_credentials creds *_creds service_account_json
  connection_string *_connection_string *connectionstring conn_str *_conn_str dsn *_dsn database_url
  *_database_url sas *_sas htpasswd netrc dockerconfigjson kubeconfig
`)

/**
 * Keys that the patterns above fit and that hold no secret: the words of language models, data stores and user interfaces.
 * A host's own patterns win over these.
 */
export const HARMLESS_KEYS: readonly string[] = words(`
  eos_token bos_token pad_token unk_token sep_token cls_token mask_token stop_token *_stop_token
  start_token *_start_token end_token *_end_token special_token *_special_token max_token min_token
  per_token *_per_token image_token audio_token video_token begin_token first_token *_first_token
  last_token time_to_first_token cost_per_token price_per_token delimiter_token separator_token
  input_key output_key *_input_key *_output_key memory_key history_key *_history_key prompt_key
  context_key question_key answer_key variable_key template_key messages_key document_key text_key
  content_key result_key return_key intent_key role_key tool_key parameter_key config_key
  public_key *_public_key publishable_key *_publishable_key primary_key *_primary_key foreign_key
  *_foreign_key sort_key partition_key hash_key range_key cache_key *_cache_key unique_key
  composite_key natural_key surrogate_key idempotency_key dedupe_key deduplication_key ordering_key
  concurrency_key routing_key group_key grouping_key join_key lookup_key index_key map_key dict_key
  json_key object_key field_key column_key row_key record_key item_key list_key feature_key
  flag_key environment_key project_key issue_key epic_key entity_key event_key metric_key label_key
  tag_key translation_key locale_key message_key i18n_key hot_key shortcut_key modifier_key arrow_key
  nav_key react_key access_key_id *_cursor_token page_token next_page_token continuation_token
`)

/** Words after the telling one that change nothing: `api_key_production`, `password_2`, `token_v2`. */
export const KEY_SUFFIXES: ReadonlySet<string> = new Set(
  words(`
  prod production staging stage dev development test testing sandbox live local default
  old new current previous next backup primary secondary main fallback value plain
  plaintext raw text b64 base64 encoded decoded confirm confirmation repeat
`),
)

/** Words that say no more than "one of them" before the telling one, in prose: `API key: …`, `the access token is …`. */
export const PROSE_HEADS: ReadonlySet<string> = new Set(
  words(`
  key token string secret password phrase code
`),
)

/**
 * Query parameters that grant access beside the keys above. Sources: AWS Signature V4, Google signed URLs, Azure shared
 * access signatures, OAuth 2.0 (RFC 6749), Google's `?key=`.
 */
export const SECRET_QUERY_KEYS: ReadonlySet<string> = new Set(
  words(`
  key sig signature x_amz_signature x_amz_credential x_goog_signature x_goog_credential code auth
  code_verifier session sid session_id otp magic ticket assertion saml_response hmac
`),
)

/**
 * Pieces of two or three letters: each pattern of `SECRET_KEYS` fits only keys that contain one, wherever its words are
 * separated. Chosen to be rare in prose, because only near one of them is text looked at more closely.
 */
export const KEY_ANCHORS: readonly string[] = words(`
  pas pw ecr key tok otp mfa pem jwk rer jwt pat riz uth kie ede cre eds rvi onn dsn aba sas trc cke ube
`)

/** The same for the parameters of `SECRET_QUERY_KEYS`. */
export const QUERY_ANCHORS: readonly string[] = words(`
  key otp uth ede sig cod ssi sid agi ick sse aml mac
`)

/** Names separated by white space, as they stand in a table. */
function words(table: string): string[] {
  return table.trim().split(/\s+/)
}
