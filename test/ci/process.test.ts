import { runProcess } from "./process";

test("a step's output and its seconds are kept, and its code decides", async () => {
  const passed = await runProcess({ name: "a", command: ["bash", "-c", "echo out; echo err >&2"] });
  expect(passed).toMatchObject({ result: "passed" });
  expect(passed.output.trim().split("\n").sort()).toEqual(["err", "out"]);
  expect(await runProcess({ name: "b", command: ["bash", "-c", "echo no; exit 3"] })).toMatchObject({
    result: "failed",
    output: "no\n",
  });
});

test("the processor's seconds of all that a step started are counted", async () => {
  const busy = "const end = performance.now() + 300; while (performance.now() < end);";
  const { cpuSeconds } = await runProcess({
    name: "a",
    command: ["bash", "-c", `"${process.execPath}" -e '${busy}'; true`],
  });
  expect(cpuSeconds).toBeGreaterThan(0);
});

test("fails when a program is not there", async () => {
  expect(await runProcess({ name: "a", command: ["no-such-program"] })).toMatchObject({ result: "failed" });
});

test("fails when a step does not end in its minutes: it is stopped with all that it started", async () => {
  const step = { name: "a", command: ["bash", "-c", "echo began; sleep 60 & wait"], minutes: 0.005 } as const;
  const { result, output } = await runProcess(step);
  expect(result).toBe("failed");
  expect(output).toContain("stopped after 0.005 minutes");
});
