import { retryOnConflict } from "../../../runtime/store/retry-on-conflict";
import { StoreConflict, StoreUnavailable } from "../../../runtime/store/store";

const conflict = new StoreConflict([0], "another was faster");

/** What fails with each of these errors in turn, and then succeeds */
function failing(...errors: readonly Error[]) {
  const left = [...errors];
  return jest.fn(async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return "done";
  });
}

test("what lost is tried again, as often as is said, after what comes before the next attempt", async () => {
  const beforeNext = jest.fn(async () => undefined);
  const act = failing(conflict, conflict);
  await expect(retryOnConflict({ attempts: 3, beforeNext }, act)).resolves.toBe("done");
  expect(beforeNext.mock.calls).toEqual([[1], [2]]);
});

test("fails with the conflict of the last attempt, behind which nothing comes", async () => {
  const beforeNext = jest.fn(async () => undefined);
  const last = new StoreConflict([1], "another was faster again");
  const act = failing(conflict, last, conflict);
  await expect(retryOnConflict({ attempts: 2, beforeNext }, act)).rejects.toBe(last);
  expect(beforeNext.mock.calls).toEqual([[1]]);
});

test("fails at once with any other error", async () => {
  const act = failing(new StoreUnavailable("no answer"));
  await expect(retryOnConflict({ attempts: 3 }, act)).rejects.toThrow(StoreUnavailable);
  expect(act).toHaveBeenCalledTimes(1);
});

test("fails with what goes wrong before the next attempt", async () => {
  const beforeNext = () => Promise.reject(new Error("no state"));
  await expect(retryOnConflict({ attempts: 3, beforeNext }, failing(conflict))).rejects.toThrow("no state");
});

test("what counts as a conflict is asked of the last attempt too, which may have something to reserve", async () => {
  const isConflict = jest.fn(async () => true);
  const act = failing(new Error("one"), new Error("two"));
  await expect(retryOnConflict({ attempts: 2, isConflict }, act)).rejects.toThrow("two");
  expect(isConflict).toHaveBeenCalledTimes(2);
});
