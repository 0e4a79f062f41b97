import { ApplicationFailure } from '@temporalio/common'
import { isCancellation, rootCause, setCurrentDetails } from '@temporalio/workflow'
import type { Alert, Channel } from '../src/alerting/alert.ts'
import { deliveryActivities } from './activity-options.ts'

export interface AlertInput {
  readonly alert: Alert
  readonly channels: readonly Channel[]
}

/** Brings one alert to each channel, for as long as that takes. One that does not take it keeps it from no other. */
export async function alert({ alert, channels }: AlertInput): Promise<void> {
  const faults: string[] = []
  await Promise.all(
    channels.map(async (channel) => {
      try {
        await deliveryActivities(`tell the ${channel}: ${alert.pipeline} ${alert.what}`).deliver({ channel, alert })
      } catch (error) {
        if (isCancellation(error)) throw error
        faults.push(`${channel}: ${rootCause(error)}`)
      }
    }),
  )
  setCurrentDetails(faults.length === 0 ? `**told**\n\n${alert.text}` : `**not told**: ${faults.join('\n')}\n\n${alert.text}`)
  if (faults.length > 0) throw ApplicationFailure.nonRetryable(faults.join('\n'), 'AlertUndelivered')
}
