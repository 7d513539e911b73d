import { createHash } from "node:crypto";
import { pagePart } from "../../../review/report/page-of";
import { escapedHtml } from "../../../domain/escaped-html";
import type { AuthorizationRequest } from "./authorization-request";
import type { DevelopmentGroup } from "./development-people";

/** Users to choose from; other names can be typed */
export const DEVELOPMENT_USERS = ["ann", "bob"] as const;
/** People who decide; users of agents may log in too, and are refused where it is their own request */
const DEVELOPMENT_PEOPLE = ["carol", "ann", "bob", "alice"] as const;
/** More than any name at an identity provider */
export const LONGEST_USER = 64;

const STYLE = `${pagePart("look.css")}
main { max-width: 32rem; margin: 2rem auto; }
fieldset { margin: 0 0 0.75rem; border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem 1rem; }
label { display: block; padding: 0.35rem 0; overflow-wrap: anywhere; }
input[type=text] { width: 100%; padding: 0.4rem; border: 1px solid var(--quiet); border-radius: 4px; background: var(--page); color: inherit; font: inherit; }
button { margin-top: 1rem; padding: 0.5rem 1.25rem; border: 1px solid var(--link); border-radius: 6px; background: var(--link); color: var(--page); font: inherit; font-weight: 600; cursor: pointer; }
code { overflow-wrap: anywhere; }
`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/**
 * @param request id under which the request waits for its user
 * @param groups of people who decide or stop agents
 */
export function signInPage(request: string, wanted: AuthorizationRequest, groups: readonly DevelopmentGroup[]): string {
  const isPerson = wanted.agent === undefined;
  return page(
    "Sign in for development",
    `${isPerson ? askedOfPerson(wanted) : askedOfUser(wanted)}
<form method="post" action="/sign-in">
<input type="hidden" name="request" value="${escapedHtml(request)}">
${namesField(isPerson ? DEVELOPMENT_PEOPLE : DEVELOPMENT_USERS)}
${isPerson ? groupsField(groups) : ""}<button type="submit">Sign in</button>
</form>
<p class="legend">This issuer is for development: it asks for no password, and listens on this machine alone.</p>`,
  );
}

function askedOfUser({ client, agent = "", scopes }: AuthorizationRequest): string {
  return `<p><code>${escapedHtml(client)}</code> asks for tasks of <strong>${escapedHtml(agent)}</strong>:</p>
<ul>${scopes.map((scope) => `<li><code>${escapedHtml(scope)}</code></li>`).join("")}</ul>`;
}

function askedOfPerson({ client }: AuthorizationRequest): string {
  return `<p><code>${escapedHtml(client)}</code> asks who decides. The user that an agent serves cannot decide on its requests.</p>`;
}

function namesField(names: readonly string[]): string {
  const radios = names.map(
    (name, index) =>
      `<label><input type="radio" name="user" value="${name}"${index === 0 ? " checked" : ""}> ${name}</label>`,
  );
  return `<fieldset><legend>Who are you?</legend>${radios.join("")}
<label><input type="radio" name="user" value=""> another user</label>
<label>Name of the other user <input type="text" name="other" maxlength="${LONGEST_USER}" autocomplete="off"></label></fieldset>`;
}

function groupsField(groups: readonly DevelopmentGroup[]): string {
  const boxes = groups.map(
    ({ claim, may }) =>
      `<label><input type="checkbox" name="group" value="${escapedHtml(claim)}" checked> ${escapedHtml(claim)}: ${escapedHtml(may)}</label>`,
  );
  return `<fieldset><legend>Your groups</legend>${boxes.join("")}</fieldset>
`;
}

export function refusedPage(message: string): string {
  return page("Not signed in", `<p>${escapedHtml(message)}</p>`);
}

/** @param to origins of clients, to whose redirect URIs a form leads */
export function signInHeaders(to: readonly string[]): Readonly<Record<string, string>> {
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": [
      "default-src 'none'",
      `style-src 'sha256-${STYLE_HASH}'`,
      `form-action 'self' ${to.join(" ")}`.trim(),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "cache-control": "no-store",
    // With no-referrer a form has no origin to be known by.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>
`;
}
