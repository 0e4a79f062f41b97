import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { Alert, Channel } from '../src/alerting/alert.ts'
import { runCommandHook } from '../src/alerting/command-hook.ts'
import { DeliveryFailure } from '../src/alerting/delivery-failure.ts'
import { postAlert } from '../src/alerting/webhook.ts'
import type { ActivityContext } from './context.ts'

/** Brings an alert to one channel. Where it is, the worker knows; one that the config no longer has is none. */
export function deliver({ config }: Pick<ActivityContext, 'config'>) {
  return async ({ channel, alert }: { readonly channel: Channel; readonly alert: Alert }): Promise<void> => {
    const { cancellationSignal } = Context.current()
    const { webhookEnv, command } = config.alerts
    try {
      if (channel === 'webhook' && webhookEnv !== undefined) await postAlert(alert, webhookEnv, cancellationSignal)
      if (channel === 'command' && command !== undefined)
        await runCommandHook(alert, { command, folder: config.folder }, cancellationSignal)
    } catch (error) {
      if (!(error instanceof DeliveryFailure)) throw error
      throw ApplicationFailure.create({
        type: error.name,
        message: error.message,
        nonRetryable: !error.retryable,
        ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
      })
    }
  }
}
