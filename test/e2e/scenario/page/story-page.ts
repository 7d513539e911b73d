import { readFileSync } from "node:fs";
import { join } from "node:path";
import { html as markup, raw } from "hono/html";
import type { Outcome } from "../../harness/suite";
import type { Fact, Scene } from "../story";
import { sequence } from "./sequence";

type Markup = ReturnType<typeof markup>;

const STYLE = [join(__dirname, "../../../../review/report/page/look.css"), join(__dirname, "story.css")]
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");
const OUTCOMES = { passed: "passed", failed: "failed", skipped: "not run" } as const;

/** The story as one file, without script and without anything from elsewhere. */
export async function storyPage(scenes: readonly Scene[]): Promise<string> {
  const facts = scenes.flatMap(({ facts }) => facts);
  const calls = (kind: Fact["kind"]): number => facts.filter((fact) => fact.kind === kind && fact.between).length;
  const ended = (result: Outcome["result"]): number =>
    scenes.filter(({ check }) => (check.outcome?.result ?? "skipped") === result).length;
  const began = scenes.find(({ at }) => at !== undefined)?.at ?? new Date(0);
  const chapters = [...new Set(scenes.map(({ chapter }) => chapter))];
  const page = await markup`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:" />
    <title>What happened: one story through Ambit</title>
    <style>
      ${raw(STYLE)}
    </style>
  </head>
  <body>
    <header>
      <h1>What happened</h1>
      <p class="lead">
        One story, played on ${began.toISOString().slice(0, 10)} on a Kubernetes node with real programs, and with stand-ins
        that are named: agents at work, what stopped them, who approved, and what is on record.
      </p>
      <dl class="sums">
        ${sum("calls allowed", calls("allowed"))} ${sum("calls refused", calls("refused"))}
        ${sum("steps passed", ended("passed"))} ${sum("failed", ended("failed"))} ${sum("not run", ended("skipped"))}
      </dl>
    </header>
    <main>
      <nav aria-label="Chapters">
        <ol>
          ${chapters.map((chapter) => markup`<li><a href="#${anchorOf(chapter)}">${chapter}</a></li>`)}
        </ol>
      </nav>
      ${picture(scenes)}
      ${chapters.map(
        (chapter) =>
          markup`<section id="${anchorOf(chapter)}">
        <h2>${chapter}</h2>
        <ol class="steps">
          ${scenes.map((scene, index) => (scene.chapter === chapter ? step(scene, index + 1, began) : ""))}
        </ol>
      </section>`,
      )}
    </main>
  </body>
</html>
`;
  return String(page);
}

function sum(what: string, count: number): Markup {
  return markup`<div><dt>${what}</dt><dd>${count}</dd></div>`;
}

function picture(scenes: readonly Scene[]): Markup | string {
  const drawn = sequence(scenes);
  if (drawn === undefined) return "";
  return markup`<figure>
        <div class="wide" tabindex="0" role="region" aria-label="All calls as a picture">${drawn}</div>
        <figcaption>Who called what, from top to bottom. An arrow that ends at ✕ was refused.</figcaption>
      </figure>`;
}

function step({ title, facts, pictures, check, at }: Scene, number: number, began: Date): Markup {
  const outcome = check.outcome ?? { result: "skipped", reason: "it was not begun" };
  const after = at === undefined ? "" : `${((at.getTime() - began.getTime()) / 1000).toFixed(0)} s`;
  return markup`<li id="step-${number}" value="${number}" class="${outcome.result}">
            <h3>${title}</h3>
            <p class="when">${after === "" ? "" : `${after} after the beginning; took ${check.seconds.toFixed(1)} s; `}${OUTCOMES[outcome.result]}</p>
            ${outcome.result === "passed" ? "" : markup`<p class="reason">${outcome.reason}</p>`}
            <ul>
              ${facts.map(
                ({ kind, text, detail }) =>
                  markup`<li><span class="kind ${kind}">${kind}</span> ${text}${detail === undefined ? "" : markup` <code>${detail}</code>`}</li>`,
              )}
            </ul>
            ${pictures.map(
              ({ shows, png }) =>
                markup`<figure><img alt="${shows}" src="data:image/png;base64,${png.toString("base64")}"><figcaption>${shows}</figcaption></figure>`,
            )}
          </li>`;
}

function anchorOf(chapter: string): string {
  return chapter.toLowerCase().replace(/[^a-z]+/g, "-");
}
