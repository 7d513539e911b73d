import type { PolicyDocument } from "../../../domain";
import { fleet } from "../../../fleet";
import type { Log } from "../../../runtime/log";
import type { DevelopmentPlatform, DevelopmentProps } from "../development-platform";
import { DEVELOPMENT_USERS } from "../issuer/sign-in-page";
import { StoryPlayer } from "../story/story-player";
import { Explainer } from "../watch/explainer";
import { Feed } from "../watch/feed";
import type { Observer } from "../watch/observer";
import { Watch } from "../watch/watch";
import { PageServer } from "./page-server";
import { Talk } from "./talk";

/** Behind the exchange's, the gateway's and the users' */
const PORTS_BEHIND = 3;
/** The user of the commands that are printed */
const USER_OF_COMMANDS = "alice";

/** The page beside a platform, whose parts it hears from before they start */
export class DevelopmentPage {
  private readonly feed = new Feed();
  private readonly watch = new Watch(this.feed);
  private readonly story: StoryPlayer;
  private server: PageServer | undefined;

  constructor(
    private readonly props: Pick<DevelopmentProps, "agents" | "port" | "serves">,
    private readonly written: Log,
  ) {
    const { agents = fleet.agents.map(({ name }) => name), serves = new Map() } = props;
    this.story = new StoryPlayer(agents, serves, (issuer, user) => this.watch.know(issuer, user));
  }

  public get observer(): Observer {
    return this.watch;
  }

  /** Log of the platform's parts: written unchanged, and observed by the story */
  public readonly log: Log = (event, facts = {}) => {
    this.written(event, facts);
    this.story.hear(event, facts);
  };

  /** @returns its http address */
  public async start(platform: DevelopmentPlatform): Promise<string> {
    const policy = platform.document.policy as PolicyDocument;
    this.watch.explainBy(new Explainer(fleet, policy, (because) => this.written("page.failed", { because })));
    if (platform.oversight !== undefined) this.watch.decideAt(platform.oversight.page);
    const { userIssuer } = platform.issuers;
    for (const user of [USER_OF_COMMANDS, ...DEVELOPMENT_USERS]) this.watch.know(userIssuer, user);
    const { feed, story } = this;
    const { port } = this.props;
    const onUser = this.watch.know.bind(this.watch);
    this.server = await PageServer.start({
      feed,
      port: port === 0 ? 0 : port + PORTS_BEHIND,
      talk: (address) => new Talk({ platform, story, address, onUser }),
    });
    return this.server.address;
  }

  public async close(): Promise<void> {
    await this.server?.close();
  }
}
