/** When the first activity of a workflow began, in milliseconds since 1970: what comes before it is Temporal's, and whoever's who asked. */
export async function activityBegan(client, workflowId) {
  const handle = client.workflow.getHandle(workflowId)
  await handle.result() // a history tells of it when it has ended
  const { events } = await handle.fetchHistory()
  const { eventTime } = events.find(({ activityTaskStartedEventAttributes: started }) => started)
  return Number(eventTime.seconds) * 1_000 + eventTime.nanos / 1e6
}
