import type { StreamEvent } from "../../event-stream";

const SOUND_ID = /^[!-~]*$/;
const SOUND_RETRY = /^[0-9]{1,9}$/;
/** Where readers end lines that count more than CR and LF as an end; within JSON they stand in texts alone. */
const OTHER_LINE_ENDS = /[\u0085\u2028\u2029]/g;

/** Whether clients of MCP take its data for a message */
export function isMessage({ event }: StreamEvent): boolean {
  return event === undefined || event === "" || event === "message";
}

/**
 * Written anew, so that every reader finds in it what was found here
 *
 * @param json text that `JSON.parse` accepts; empty if the event only tells its id; undefined if it has no data
 */
export function eventText({ event, id, retry }: Omit<StreamEvent, "data">, json: string | undefined): string {
  const lines = [
    ...(event === "message" ? ["event: message"] : []),
    ...(id !== undefined && SOUND_ID.test(id) ? [`id: ${id}`] : []),
    ...(retry !== undefined && SOUND_RETRY.test(retry) ? [`retry: ${retry}`] : []),
    ...(json === undefined ? [] : [`data: ${onOneLine(json)}`]),
  ];
  return lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
}

/** The same JSON: the ends of lines that it may have as they are stand between its parts, and the others within texts. */
function onOneLine(json: string): string {
  return json
    .replace(/[\r\n]/g, " ")
    .replace(OTHER_LINE_ENDS, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
