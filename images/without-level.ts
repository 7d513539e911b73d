/** In place of `level`, whose native code is built for one machine: images and functions keep their state in DynamoDB. */
export class Level {
  constructor() {
    throw new Error("store.level is for one machine and not in this bundle: use store.dynamodb");
  }
}
