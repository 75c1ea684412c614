// duckdb.mjs MODULES FOLDER AS_OF QUARTER OUTPUT THREADS: the counts and medians of every slice, to OUTPUT as CSV. MODULES is
// the folder in which npm has put @duckdb/node-api.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [, script, modules, folder, asOf, quarter, output, threads] = process.argv;
const { DuckDBInstance } = createRequire(path.resolve(modules, 'any.js'))('@duckdb/node-api');
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();

for (const name of ['referrals', 'outcomes', 'schemes'])
  await connection.run(`CREATE VIEW ${name} AS SELECT * FROM read_csv('${folder}/${name}.csv', all_varchar = true, header = true)`);
await connection.run(fs.readFileSync(path.join(path.dirname(script), 'facts.sql'), 'utf8')
  .replaceAll(':as_of', asOf).replaceAll('/ :three', '// 3')
  .replaceAll(':wait', 'CAST(a.event_date AS DATE) - CAST(r.referral_date AS DATE)'));
await connection.run(`COPY (
    SELECT practice, specialty, scheme, period, sum(rejected) AS rejected, sum(decided) AS decided, median(wait) AS wait
    FROM fact
    GROUP BY GROUPING SETS ((), (period), (specialty), (specialty, period), (scheme), (scheme, period), (scheme, specialty),
                            (scheme, specialty, period), (practice), (practice, period), (practice, specialty),
                            (practice, specialty, period))
    HAVING grouping(practice) = 1 OR grouping(specialty) = 1 OR grouping(period) = 1 OR period = '${quarter}'
  ) TO '${output}' (HEADER)`);
connection.closeSync();
