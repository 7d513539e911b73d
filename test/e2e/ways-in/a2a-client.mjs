// The official client of JavaScript does all that A2A 1.0 has with a delegate, which it knows a base URL of.
import { randomUUID } from "node:crypto";
import { Message, TaskState, taskStateToJSON } from "@a2a-js/sdk";
import { ClientFactory, ClientFactoryOptions } from "@a2a-js/sdk/client";

const [base, binding, url] = process.argv.slice(2);

function asking(text, configuration = {}) {
  const message = Message.fromJSON({ messageId: randomUUID(), role: "ROLE_USER", parts: [{ text }] });
  return { message, configuration: { acceptedOutputModes: [], returnImmediately: false, ...configuration } };
}

const textIn = ({ artifacts }) => artifacts.flatMap(({ parts }) => parts.map(({ content }) => content.value)).join("");
const stateOf = ({ status }) => taskStateToJSON(status.state);

async function refusal(doing) {
  try {
    await doing();
    return "none";
  } catch (error) {
    return String(error.message);
  }
}

const options = ClientFactoryOptions.createFrom(ClientFactoryOptions.default, { preferredTransports: [binding] });
const client = await new ClientFactory(options).createFromUrl(base);
const task = await client.sendMessage(asking("one"));
const streamed = [];
for await (const { payload } of client.sendMessageStream(asking("two"))) {
  if (payload.$case === "artifactUpdate") streamed.push(textIn({ artifacts: [payload.value.artifact] }));
}
const got = await client.getTask({ id: task.id });
const listed = await client.listTasks({ contextId: task.contextId, status: TaskState.TASK_STATE_COMPLETED });
const slow = await client.sendMessage(asking("slow", { returnImmediately: true }));
let followed;
for await (const event of client.resubscribeTask({ id: slow.id })) {
  followed = event.payload.value.id === slow.id;
  break;
}
const cancelled = await client.cancelTask({ id: slow.id });
const config = { taskId: task.id, id: "p-1", url, token: "" };
const inline = (changes = {}) =>
  client.sendMessage(asking("three", { taskPushNotificationConfig: { ...config, taskId: "", ...changes } }));
const of = { taskId: task.id, id: config.id };
const configs = async () => (await client.listTaskPushNotificationConfig({ taskId: task.id })).configs;
const urls = [await client.createTaskPushNotificationConfig(config), await client.getTaskPushNotificationConfig(of)];
urls.push(...(await configs()));
await client.deleteTaskPushNotificationConfig(of);
const pushes = { urls: urls.map((each) => each.url), left: (await configs()).length, pushed: (await inline()).id };
const secret = { scheme: "Bearer", credentials: "s3cret" };
const refused = [
  await refusal(() => client.createTaskPushNotificationConfig({ ...config, url: "https://evil.example/push" })),
  await refusal(() => inline({ url: `${url}?to=evil` })),
  await refusal(() => inline({ url: url.replace("://", "://evil@") })),
  await refusal(() => inline({ token: "s3cret" })),
  await refusal(() => client.createTaskPushNotificationConfig({ ...config, authentication: secret })),
  await refusal(() => client.createTaskPushNotificationConfig({ ...config, taskId: "of-another-user" })),
  await refusal(() => client.listTasks({ status: TaskState.TASK_STATE_COMPLETED })),
  await refusal(() => client.getTask({ id: "of-another-user" })),
];
const used = {
  task: task.id,
  sent: [stateOf(task), textIn(task)],
  streamed: streamed.join(""),
  got: stateOf(got),
  listed: listed.tasks.map(({ id }) => id),
  followed,
  cancelled: stateOf(cancelled),
  pushes,
  refused,
};
process.stdout.write(JSON.stringify(used));
