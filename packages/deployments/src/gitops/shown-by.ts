import type { HandlerContext, JsonValue } from '@pullwright/core'
import type { Route } from '../route.ts'
import { routeRedactor } from '../route-redactor.ts'
import { shownConfig } from '../shown.ts'

/** What the committed file shows of a raw configuration: hidden by the instance and then by the route, as it was written. */
export function shownBy(
  { redact }: Pick<HandlerContext, 'redact'>,
  route: Route,
  pseudonymKey: string | undefined,
): (config: JsonValue) => JsonValue {
  const redactor = routeRedactor(route, pseudonymKey)
  return (config) => shownConfig(redactor.value(redact(config)), route)
}
