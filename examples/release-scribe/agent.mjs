// Drafts a release note for each pull request that is merged. A web service in Express, which knows of Ambit where its companion is.
import express from "express";

const companion = process.env.AMBIT_COMPANION_URL ?? "http://127.0.0.1:7464";
// The editor takes no draft in another one's name: the gateway compares it with who calls.
const author = process.env.AUTHOR ?? "spiffe://prod.acme.example/ns/build/sa/release-scribe";

async function answered(response) {
  if (response.ok) return response.json();
  throw new Error(`${response.status} ${await response.text()}`);
}

async function draftNote(tools, { repository, number }) {
  const { title } = await answered(await fetch(`${tools}/github/repos/${repository}/pulls/${number}`));
  const body = JSON.stringify({ author, text: `${title} (${repository}, pull request ${number})` });
  const headers = { "content-type": "application/json" };
  await answered(await fetch(`${tools}/editor/api/drafts`, { method: "POST", headers, body }));
  return { drafted: title };
}

express()
  .use(express.json())
  .post("/merged", async (request, response) => {
    // What it calls belongs to the event that it works for.
    const tools = `${companion}/v1/runs/${request.get("ambit-run")}/tools`;
    const [status, told] = await draftNote(tools, request.body.detail).then(
      (note) => [200, note],
      ({ message }) => [502, { error: message }],
    );
    response.status(status).json(told);
  })
  .listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
