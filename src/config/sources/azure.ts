import { z } from 'zod'
import { secret } from '../secret.ts'
import { strict } from '../strictness.ts'
import { httpEndpoint } from './address.ts'
import { type SourceOptions, sourceOptions, toSourceOptions } from './source-options.ts'

const CONTAINER =
  /^az:\/\/(?<account>[a-z0-9]{3,24})\/(?<container>[a-z0-9](?:-?[a-z0-9]){2,62}|\$web|\$root)(?:\/+(?<prefix>.*))?$/

export const azureSchema = strict({
  kind: z.literal('azure'),
  url: z.string({ error: 'expected an address' }).regex(CONTAINER, {
    error:
      "write the account, the container and a prefix, such as 'az://account/container/prefix'; the account's name has 3 to 24 small letters and digits, the container's 3 to 63, and hyphens",
  }),
  endpoint: httpEndpoint.optional(),
  accountKey: secret.optional(),
  sasToken: secret.optional(),
  ...sourceOptions('0s'),
}).superRefine(({ accountKey, sasToken }, context) => {
  if (accountKey === undefined || sasToken === undefined) return
  context.addIssue({ code: 'custom', path: ['sasToken'], message: 'the account key is given; leave one of the two out' })
})

/** A container of Azure Blob Storage, or what lies under a prefix in it. */
export interface AzureContainer extends SourceOptions {
  readonly kind: 'azure'
  readonly account: string
  readonly container: string
  /** Empty, or with a slash at its end. */
  readonly prefix: string
  /** Of the account: the public cloud's, unless another is given. */
  readonly endpoint: string
  /** Names of environment variables; with neither, Azure's own chain of identities is asked. */
  readonly accountKeyEnv: string | undefined
  readonly sasTokenEnv: string | undefined
}

export function toAzureContainer(checked: z.output<typeof azureSchema>): AzureContainer {
  const { account = '', container = '', prefix = '' } = CONTAINER.exec(checked.url)?.groups ?? {}
  const inside = prefix.replace(/\/+$/, '')
  return {
    kind: 'azure',
    account,
    container,
    prefix: inside === '' ? '' : `${inside}/`,
    endpoint: (checked.endpoint ?? `https://${account}.blob.core.windows.net`).replace(/\/+$/, ''),
    accountKeyEnv: checked.accountKey?.env,
    sasTokenEnv: checked.sasToken?.env,
    ...toSourceOptions(checked),
  }
}
