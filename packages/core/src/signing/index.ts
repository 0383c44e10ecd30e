/**
 * Signs and verifies webhooks, and loads nothing else.
 *
 * @module @pullwright/core/signing
 */
export { generateSecret } from './generate-secret.ts'
export type { HeaderValue, WebhookHeaders } from './read-header.ts'
export { schemes, type WebhookScheme } from './schemes.ts'
export { type SignRequest, signWebhook } from './sign-webhook.ts'
export { type VerifyFailure, type VerifyRequest, type VerifyResult, verifyWebhook } from './verify-webhook.ts'
