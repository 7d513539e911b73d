import { StoreConflict } from "./store";

export interface Retries {
  /** How often it is tried at most */
  readonly attempts: number;
  /**
   * Whether something that it rests on changed meanwhile. Asked of each error, that of the last attempt too.
   *
   * @default - where the error is StoreConflict
   */
  readonly isConflict?: (error: unknown) => boolean | Promise<boolean>;
  /**
   * What comes before the next attempt. What it throws goes out.
   *
   * @default - nothing: it is tried again at once
   */
  readonly beforeNext?: (attempt: number) => Promise<void>;
}

/**
 * The whole of it again from reading, where something that it rests on changed meanwhile.
 *
 * @throws what the last attempt threw
 */
export async function retryOnConflict<T>(
  { attempts, isConflict = (error) => error instanceof StoreConflict, beforeNext }: Retries,
  act: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(await isConflict(error)) || attempt === attempts) throw error;
    }
    await beforeNext?.(attempt);
  }
}
