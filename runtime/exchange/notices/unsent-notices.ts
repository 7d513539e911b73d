import type { ApproverNotices } from "../../approval/approver-notices";
import type { Log } from "../../log";
import type { Registry } from "../../registry/registry";
import { noticeTo } from "./notice";

/** For Lambda, which cannot work after its answer: logs that a notice was not sent. */
export function unsentNotices(registry: Pick<Registry, "current">, log: Log): ApproverNotices {
  const tell: ApproverNotices["requested"] = (record) => {
    try {
      const to = noticeTo(registry.current(), record);
      if (to === undefined) return;
      log("notice.lost", {
        code: "notice.function",
        group: record.group,
        host: to.host,
        because: "an exchange in Lambda sends no notices",
      });
    } catch {
      // What the call has asked for is written already, and no notice would have been sent.
    }
  };
  return { requested: tell, seconded: tell };
}
