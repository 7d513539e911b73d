import { packed, unpacked } from "../../../cli/audit/thread-error";
import { LogForked, LogUnavailable } from "../../../runtime/audit/storage/log-storage";
import { LogError } from "../../../runtime/audit/tlog/log-error";

const acrossThreads = (error: unknown): Error => unpacked(structuredClone(packed(error)));

test.each([LogError, LogForked, LogUnavailable])(
  "a %p keeps class, message and stack from thread to thread",
  (Class) => {
    const error = new Class("s3://ambit/log/ did not answer");
    const arrived = acrossThreads(error);
    expect(arrived).toBeInstanceOf(Class);
    expect([arrived.name, arrived.message, arrived.stack]).toEqual([error.name, error.message, error.stack]);
  },
);

test("any other error keeps its name and message, and is of none of these classes", () => {
  const arrived = acrossThreads(new RangeError("too far"));
  expect([arrived.name, arrived.message]).toEqual(["RangeError", "too far"]);
  expect(arrived).not.toBeInstanceOf(LogError);
  expect(acrossThreads("a text").message).toBe("a text");
});

test("a name that is no class of ours makes none", () => {
  const error = Object.assign(new Error("odd"), { name: "constructor" });
  expect(acrossThreads(error).name).toBe("constructor");
});
