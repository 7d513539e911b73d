import { inTime } from "../../in-time";
import { type Log, told } from "../../log";
import { refusalOf } from "../../refusal/refusal-of";
import { refused } from "./answer";

/** The answer, or after so many milliseconds a refusal. What comes later is dropped. */
export async function answeredInTime(answer: Promise<Response>, milliseconds: number, log: Log): Promise<Response> {
  // Made where it is needed: the stack of an error takes longer than most of what it would be made beside.
  let late: Error | undefined;
  try {
    return await inTime(answer, milliseconds, () => (late = new Error(`no answer within ${milliseconds} ms`)));
  } catch (error) {
    if (late === undefined || error !== late) throw error;
    log("request.late", { because: told(late) });
    return refused(refusalOf(late));
  }
}
