"use strict";
(() => {
  const { badge, byId, element, printable, problem, reasonsOf, short, small } = globalThis.shown;
  const METHODS = ["POST", "GET", "PUT", "PATCH", "DELETE"];
  const FIRST_BODY = '{ "text": "answer ticket 4711" }';
  const MOST_SAID = 50;

  let state = { agents: [], story: null, gateway: null };
  /** Of the last answer, by the agent's name */
  const references = new Map();
  let asking;

  const chosen = () => state.agents.find(({ name }) => name === byId("agent").value);

  async function posted(path, body, signal) {
    const options = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
    };
    return fetch(path, options);
  }

  async function load() {
    state = await (await fetch("/state")).json();
    const { gateway, agents, story } = state;
    if (state.problem !== null) problem(state.problem);
    byId("where").textContent = gateway === null ? "" : printable(`gateway: ${gateway.by}`);
    const before = byId("agent").value || sessionStorage.getItem("agent");
    byId("agent").replaceChildren(...agents.map(({ name }) => element("option", { value: name }, name)));
    const served = agents.find(({ name }) => name === before) ?? agents.find(({ isServed }) => isServed) ?? agents[0];
    if (served !== undefined) byId("agent").value = served.name;
    byId("story").disabled = story !== null;
    byId("story-problem").textContent = printable(story ?? "");
    showAgent();
  }

  function showAgent() {
    const agent = chosen();
    byId("sign-in").disabled = agent === undefined;
    byId("purpose").textContent = printable(agent?.purpose ?? "No agent of the fleet serves users.");
    const user = agent?.user ?? null;
    const hint =
      agent === undefined || agent.isServed
        ? ""
        : ` It does not serve here: start npm run dev with --serves ${agent.name}=<port>, or ${agent.name}=example.`;
    byId("user").textContent = printable(`${user === null ? "No user is signed in." : `Signed in as ${user}.`}${hint}`);
    byId("sign-in").textContent = user === null ? "Sign in" : "Sign in again";
    byId("sign-out").hidden = state.agents.every((each) => each.user === null);
    byId("ask").hidden = user === null;
    if (agent === undefined) return;
    const tasks = [...new Set(agent.ways.flatMap((way) => way.tasks))];
    byId("task").replaceChildren(...tasks.map((task) => element("option", { value: task }, task)));
    showTask();
  }

  function showTask() {
    const agent = chosen();
    const paths = agent.ways.filter(({ tasks }) => tasks.includes(byId("task").value)).flatMap((way) => way.paths);
    byId("paths").replaceChildren(...paths.map((path) => element("option", { value: path })));
    if (!paths.some((path) => byId("path").value.startsWith(path))) byId("path").value = paths[0] ?? "/";
    const reference = references.get(agent.name);
    byId("last").textContent = reference === undefined ? "" : printable(`(${short(reference)})`);
    const [join, begin] = byId("ask").elements.run;
    join.disabled = reference === undefined;
    if (join.disabled && join.checked) begin.checked = true;
  }

  function say(...children) {
    const article = element("article", {}, ...children);
    byId("said").append(article);
    while (byId("said").childElementCount > MOST_SAID) byId("said").firstElementChild.remove();
    article.scrollIntoView({ block: "nearest" });
    return article;
  }

  /** Each line of an answer that comes line by line */
  async function* linesOf(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let waiting = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      waiting += value;
      const lines = waiting.split("\n");
      waiting = lines.pop();
      for (const line of lines) yield JSON.parse(line);
    }
  }

  function refusedText(text) {
    try {
      const { reasons } = JSON.parse(text);
      return Array.isArray(reasons) ? reasons : [];
    } catch {
      return [];
    }
  }

  async function ask() {
    const agent = chosen();
    const form = byId("ask").elements;
    const method = form.method.value;
    const hasBody = method !== "GET" && form.body.value !== "";
    const run = form.run.value;
    const wanted = {
      agent: agent.name,
      task: form.task.value,
      method,
      path: form.path.value,
      ...(hasBody && { body: form.body.value, type: isJson(form.body.value) ? "application/json" : "text/plain" }),
      ...(run === "join" && { run: references.get(agent.name) }),
      ...(run === "new" && { newSession: true }),
    };
    const head = element(
      "p",
      { class: "head" },
      element("span", { class: "what" }, `${agent.user} → ${agent.name}.${wanted.task}`),
      element("span", { class: "quiet" }, `${method} ${wanted.path}`),
    );
    say(head, ...(hasBody ? [element("pre", {}, wanted.body)] : []));
    asking = new AbortController();
    const response = await posted("/ask", wanted, asking.signal);
    if (!response.ok) return turned(await response.json());
    await answered(agent.name, response);
  }

  function isJson(text) {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }

  function turned({ reasons }) {
    say(element("p", { class: "head" }, badge("bad", "not sent")), ...reasonsOf(reasons)).classList.add("refused");
  }

  async function answered(agent, response) {
    const head = element("p", { class: "head" });
    const text = element("pre", {});
    const article = say(head, text);
    let [whole, status] = ["", 0];
    for await (const part of linesOf(response)) {
      if (part.head !== undefined) {
        ({ status } = part.head);
        head.append(badge(status < 400 ? "good" : "bad", String(status)), printable(`${agent} answers`));
        article.classList.add(status < 400 ? "allowed" : "refused");
        if (part.head.run !== null) references.set(agent, part.head.run);
      } else if (part.text !== undefined) {
        whole += part.text;
        text.append(printable(part.text));
      } else if (part.end?.isWhole === false) {
        head.append(badge("bad", "the answer was cut"));
        article.classList.add("refused");
      } else if (part.failed !== undefined) {
        head.append(badge("bad", "no answer"), printable(part.failed));
        article.classList.add("refused");
      }
    }
    const reasons = status >= 400 ? refusedText(whole) : [];
    if (reasons.length > 0) text.replaceWith(...reasonsOf(reasons));
    if (whole === "") text.remove();
    article.scrollIntoView({ block: "nearest" });
  }

  async function story() {
    const response = await posted("/story", {});
    if (!response.ok) return turned(await response.json());
    for await (const { step, failed } of linesOf(response)) {
      if (failed !== undefined) problem(failed);
      if (step === undefined) continue;
      const isRefused = step.reasons.length > 0;
      const head = element(
        "p",
        { class: "head" },
        badge(isRefused ? "bad" : "good", isRefused ? "refused" : "allowed"),
        element("span", { class: "what" }, `${step.number} ${step.does}`),
      );
      const title = step.title === null ? [] : [element("h3", {}, step.title)];
      const but = step.asTold ? [] : [small("This went otherwise than the script says.")];
      const article = say(
        ...title,
        head,
        small(step.sent),
        ...reasonsOf(step.reasons),
        small(`Means: ${step.means}`),
        ...but,
      );
      article.classList.add(isRefused ? "refused" : "allowed");
    }
  }

  /** Work that a person waits for */
  async function busy(button, work) {
    button.disabled = true;
    problem("");
    try {
      await work();
    } catch (error) {
      if (error.name !== "AbortError") problem(error.message);
    }
    button.disabled = false;
  }

  byId("method").replaceChildren(...METHODS.map((method) => element("option", { value: method }, method)));
  byId("body").value = FIRST_BODY;
  byId("agent").addEventListener("change", () => {
    sessionStorage.setItem("agent", byId("agent").value);
    byId("path").value = "";
    showAgent();
  });
  byId("task").addEventListener("change", showTask);
  byId("who").addEventListener("submit", (event) => {
    event.preventDefault();
    void busy(byId("sign-in"), async () => {
      const response = await posted("/sign-in", { agent: byId("agent").value });
      const { to, reasons } = await response.json();
      if (to === undefined) return problem(reasons[0].what);
      sessionStorage.setItem("agent", byId("agent").value);
      location.assign(to);
    });
  });
  byId("sign-out").addEventListener("click", () => {
    void busy(byId("sign-out"), async () => {
      await posted("/sign-out", {});
      await load();
    });
  });
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    if (byId("send").disabled) return;
    byId("stop").hidden = false;
    void busy(byId("send"), ask).then(() => {
      byId("stop").hidden = true;
      showTask();
    });
  });
  byId("stop").addEventListener("click", () => asking?.abort());
  byId("body").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("ask").requestSubmit();
  });
  byId("story").addEventListener("click", () => void busy(byId("story"), story).then(load));

  void load();
})();
