import { readFileSync } from "node:fs";
import { NOTICE_CODES } from "../../../../runtime/exchange/notices/notice-failure";

test("each reason for which a notice is lost has a row that says what to do", () => {
  const rows = readFileSync("docs/approve-a-request.md", "utf8").matchAll(
    /^\| `(notice\.[a-z-]+)` +\| \S.* \| \S.* \|$/gm,
  );
  expect([...rows].map(([, code]) => code)).toEqual(NOTICE_CODES);
});
