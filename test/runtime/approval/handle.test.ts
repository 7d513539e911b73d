import { newHandle } from "../../../runtime/approval/approvals";
import { ApprovalWorld } from "../../support/exchange/approvals";

test("a handle has 256 random bits, and reveals nothing about the request", async () => {
  const handles = await Promise.all(Array.from({ length: 50 }, () => new ApprovalWorld().ask()));
  expect(new Set(handles).size).toBe(50);
  for (const handle of handles) expect(Buffer.from(handle, "base64url")).toHaveLength(32);
});

test("no handle begins as an option of a command does", () => {
  const given = [Buffer.alloc(32, 0xfb), Buffer.alloc(32, 0xf8), Buffer.alloc(32, 0x00)];
  expect(newHandle(() => given.shift() as Buffer)).toBe("A".repeat(43));
  expect(given).toEqual([]);
});
