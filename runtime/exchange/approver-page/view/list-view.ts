import { html as markup } from "hono/html";
import type { ApprovalSummary } from "../../../approval/shown-approval";
import { PER_PAGE } from "../found-requests";
import { type Html, shown } from "./layout";
import { statusText } from "./standing-view";
import { counted, moment } from "./times";

interface List {
  readonly requests: readonly ApprovalSummary[];
  readonly search: string;
  readonly now: number;
}

export interface OpenList extends List {
  /** From 1 on */
  readonly page: number;
  /** Of all that were found */
  readonly total: number;
}

export interface History extends List {
  readonly next: string | undefined;
}

export function openView({ requests, search, now, page, total }: OpenList): Html {
  const first = (page - 1) * PER_PAGE + 1;
  const tally = `${first} to ${first + requests.length - 1} of ${counted(total, "request")}, the oldest first`;
  const pages = [
    ...(page > 1 ? [{ text: "Previous page", query: { page: `${page - 1}` } }] : []),
    ...(page * PER_PAGE < total ? [{ text: "Next page", query: { page: `${page + 1}` } }] : []),
  ];
  return markup`<h1>Open requests</h1>
    ${searchForm("/requests", search)} ${table({ requests, search, now }, tally, "Nothing waits for you.")}
    ${links("/requests", search, pages)}`;
}

export function historyView({ requests, search, now, next }: History): Html {
  const tally = `${counted(requests.length, "request")}, the latest first`;
  const pages = next === undefined ? [] : [{ text: "Earlier ones", query: { after: next } }];
  return markup`<h1>History</h1>
    ${searchForm("/history", search)} ${table({ requests, search, now }, tally, "Nothing was decided, and nothing is over.")}
    ${links("/history", search, pages)}`;
}

function searchForm(path: string, search: string): Html {
  return markup`<form class="search" method="get" action="${path}" role="search">
    <div>
      <label for="search">Agent, task, tool, action, user or destination</label>
      <input type="search" id="search" name="search" value="${search}" maxlength="128" autocomplete="off" />
    </div>
    <button class="second" type="submit">Search</button>
  </form>`;
}

function table({ requests, search, now }: List, tally: string, none: string): Html {
  if (requests.length === 0)
    return markup`<p>${search === "" ? none : markup`Nothing is found for ${shown(search)}.`}</p>`;
  return markup`<p class="quiet">${tally}</p>
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">Request</th>
          <th scope="col">For</th>
          <th scope="col">Asked</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        ${requests.map((each) => row(each, now))}
      </tbody>
    </table>`;
}

function row(request: ApprovalSummary, now: number): Html {
  const { id, agent, task, tool, action, destination, user, requestedAt, people, approvals, status } = request;
  const link = markup`<a href="/requests/${id}">${shown(agent)}: ${shown(`${tool}.${action}`)}</a>`;
  const where = markup`<span class="quiet">at ${shown(destination)}, task ${shown(task)}</span>`;
  const half = people === 2 && status === "pending" ? `, ${approvals} of 2 have approved` : "";
  return markup`<tr><td>${link}<br>${where}</td><td>${user === null ? "no user" : shown(user.subject)}</td><td>${moment(requestedAt)}</td><td>${statusText(request, now)}${half}</td></tr>
`;
}

interface Leading {
  readonly text: string;
  readonly query: Readonly<Record<string, string>>;
}

function links(path: string, search: string, pages: readonly Leading[]): Html | "" {
  if (pages.length === 0) return "";
  const all = pages.map(({ text, query }) => {
    const asked = new URLSearchParams({ ...(search !== "" && { search }), ...query });
    return markup`<a href="${path}?${asked.toString()}">${text}</a>`;
  });
  return markup`<nav class="pages" aria-label="Pages">${all}</nav>`;
}
