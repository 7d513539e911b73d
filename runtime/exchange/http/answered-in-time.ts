import { type Log, told } from "../log";
import { refusalOf } from "../refusal-of";
import { refused } from "./answer";

/** The answer, or after so many milliseconds a refusal. What comes later is dropped. */
export async function answeredInTime(answer: Promise<Response>, milliseconds: number, log: Log): Promise<Response> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Response>((resolve) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${milliseconds} ms`);
      log("request.late", { because: told(error) });
      resolve(refused(refusalOf(error)));
    }, milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
