/** Runs `work` on every item, at most `limit` at once, starting in order. After a failure nothing more starts; the first error is thrown when all that ran have ended. */
export async function mapParallel<T, R>(items: readonly T[], limit: number, work: (item: T, index: number) => Promise<R>, onFailure: (error: unknown) => void = () => { /* nothing to wake */ }): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try { results[index] = await work(items[index] as T, index); } catch (error) {
        failures.push(error);
        onFailure(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}
