import { z } from 'zod'

/** An object whose unknown fields are errors that name the fields there are; `expected` says what to write where something else came. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape, expected?: string) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown field ${issue.keys?.map((key) => `'${key}'`).join(', ')}; expected ${Object.keys(shape)
            .filter((key) => key !== 'kind')
            .join(', ')}`
        : issue.code === 'invalid_type'
          ? expected
          : undefined,
  })
}
