import { z } from 'zod'

// What came is not told: it may be the secret itself.
const SECRET = "write env('NAME') with the name of an environment variable: the value is a secret, which the config does not hold"

/** The name of an environment variable; its value is read where it is used. */
export const secret = z.strictObject(
  { env: z.string({ error: SECRET }).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, SECRET) },
  { error: SECRET },
)
