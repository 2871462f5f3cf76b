// One peer of `tenantry bench jobs`, on the database that PGHOST and its kin name. Prints a line of JSON.
//
//   node peer.mjs graphile-worker|pg-boss rate JOBS      seconds to enqueue and to finish so many no-op jobs
//   node peer.mjs graphile-worker|pg-boss latency JOBS   milliseconds from enqueueing to beginning, one job at a time
//
// Both take jobs in batches, enqueue 1,000 at a time, and keep what they call standard guarantees.

import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

const [peer, what, count] = process.argv.slice(2);
const jobs = Number(count);
const BATCH = 1000;

const seconds = (since) => (performance.now() - since) / 1000;

/** All jobs in batches, over two connections at once. */
async function inBatches(add) {
  let at = 0;
  const loop = async () => {
    while (at < jobs) {
      const size = Math.min(BATCH, jobs - at);
      at += size;
      await add(size);
    }
  };
  await Promise.all([loop(), loop()]);
}

/** A promise of the moment at which `begun()` was called so many times. */
function counting(most) {
  let seen = 0;
  let done;
  const all = new Promise((resolve) => (done = resolve));
  return { all, begun: () => ++seen === most && done(performance.now()) };
}

async function graphileWorker() {
  const { makeWorkerUtils, run, Logger } = await import("graphile-worker");
  const logger = new Logger(() => () => {});
  const pool = new pg.Pool({ max: 10 });
  pool.on("error", (error) => console.error(error));
  pool.on("connect", (client) => client.on("error", (error) => console.error(error)));
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  let begun = () => {};
  const work = (batches) =>
    run({
      pgPool: pool,
      logger,
      noHandleSignals: true,
      concurrency: 24,
      taskList: { noop: () => begun() },
      preset: {
        worker: batches
          ? { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }
          : { pollInterval: 1000 },
      },
    });
  const spec = { identifier: "noop", payload: {} };
  const left = async () => (await pool.query("select count(*)::integer as n from graphile_worker._private_jobs")).rows[0].n;
  if (what === "rate") {
    const enqueueing = performance.now();
    await inBatches((size) => utils.addJobs(Array.from({ length: size }, () => spec)));
    const enqueue = seconds(enqueueing);
    const counter = counting(jobs);
    begun = counter.begun;
    const working = performance.now();
    const runner = await work(true);
    await counter.all;
    // The last ones have begun; finished is what is no longer there.
    while ((await left()) > 0) await sleep(2);
    const finish = seconds(working);
    await runner.stop();
    await utils.release();
    await pool.end();
    return { enqueue, finish };
  }
  const runner = await work(false);
  await sleep(1500);
  const waits = [];
  for (let n = 0; n < jobs; n++) {
    const counter = counting(1);
    begun = counter.begun;
    const asked = performance.now();
    await utils.addJob("noop", {});
    waits.push((await counter.all) - asked);
    await sleep(20);
  }
  await runner.stop();
  await utils.release();
  await pool.end();
  return { waits };
}

async function pgBoss() {
  const { default: PgBoss } = await import("pg-boss");
  const boss = new PgBoss({ max: 10, supervise: false, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue("noop");
  if (what === "rate") {
    const enqueueing = performance.now();
    await inBatches((size) => boss.insert(Array.from({ length: size }, () => ({ name: "noop", data: {} }))));
    const enqueue = seconds(enqueueing);
    const working = performance.now();
    // `work` waits half a second between batches, so the batches are fetched by hand, over two connections.
    const loop = async () => {
      for (;;) {
        const batch = await boss.fetch("noop", { batchSize: BATCH });
        if (batch.length === 0) return;
        await boss.complete("noop", batch.map((job) => job.id));
      }
    };
    await Promise.all([loop(), loop()]);
    const finish = seconds(working);
    await boss.stop({ graceful: false });
    return { enqueue, finish };
  }
  let begun = () => {};
  await boss.work("noop", { batchSize: 1, pollingIntervalSeconds: 0.5 }, async () => begun());
  await sleep(1500);
  const waits = [];
  for (let n = 0; n < jobs; n++) {
    const counter = counting(1);
    begun = counter.begun;
    const asked = performance.now();
    await boss.send("noop", {});
    waits.push((await counter.all) - asked);
    await sleep(20);
  }
  await boss.stop({ graceful: false });
  return { waits };
}

const peers = { "graphile-worker": graphileWorker, "pg-boss": pgBoss };
console.log(JSON.stringify(await peers[peer]()));
process.exit(0);
