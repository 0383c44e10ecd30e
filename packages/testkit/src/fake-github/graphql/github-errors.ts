import type { GraphQLError } from 'graphql'
import { Refusal } from '../model/refusal.ts'

/** An entry of `errors` that a fault rule asked for. */
export class InjectedError extends Error {
  readonly entry: Record<string, unknown>

  constructor(entry: Record<string, unknown>) {
    super(String(entry.message ?? ''))
    this.entry = entry
  }
}

/** An entry of `errors` in the order and shape of GitHub's: `type` stands at the top, not in `extensions`. */
export function githubError(error: GraphQLError): Record<string, unknown> {
  const place = { path: error.path, locations: error.locations }
  const cause = error.originalError
  if (cause instanceof InjectedError) return { ...place, ...cause.entry }
  if (cause instanceof Refusal) {
    const saml = cause.type === 'FORBIDDEN' ? { extensions: { saml_failure: false } } : {}
    return { type: cause.type, path: error.path, ...saml, locations: error.locations, message: error.message }
  }
  return { ...place, message: error.message }
}

/** A document or variables that do not fit the schema, in GitHub's words where they are known. */
export function validationError(error: GraphQLError): { message: string } & Record<string, unknown> {
  const { locations } = error
  const field = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message)
  if (field !== null) {
    const [, fieldName, typeName] = field
    const extensions = { code: 'undefinedField', typeName, fieldName }
    return {
      path: [fieldName],
      extensions,
      locations,
      message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
    }
  }
  const argument = /^Unknown argument "(\w+)" on field "(\w+)\.(\w+)"/.exec(error.message)
  if (argument !== null) {
    const [, argumentName, typeName, name] = argument
    const extensions = { code: 'argumentNotAccepted', name, typeName: 'Field', argumentName }
    const message = `Field '${name}' doesn't accept argument '${argumentName}'`
    return { path: [typeName, name, argumentName], extensions, locations, message }
  }
  const variable = /^Variable "\$(\w+)" has invalid value(?: at (\S+?))?: (.*)$/s.exec(error.message)
  if (variable !== null) {
    const [, name, path, explanation] = variable
    const message = `Variable $${name} was provided invalid value${path === undefined ? '' : ` for ${path}`} (${explanation})`
    return { extensions: { problems: [{ path: path ?? '', explanation }] }, locations, message }
  }
  return { locations, message: error.message }
}
