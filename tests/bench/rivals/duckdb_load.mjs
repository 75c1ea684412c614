// duckdb_load.mjs MODULES FOLDER DATABASE THREADS: loads the exports in FOLDER into a database of DuckDB's own, a new file.
// MODULES is the folder in which npm has put @duckdb/node-api.
import { createRequire } from 'node:module';
import path from 'node:path';

const [, , modules, folder, database, threads] = process.argv;
const { DuckDBInstance } = createRequire(path.resolve(modules, 'any.js'))('@duckdb/node-api');
const instance = await DuckDBInstance.create(database, { threads });
const connection = await instance.connect();

for (const name of ['referrals', 'outcomes', 'practices', 'schemes', 'sessions'])
  await connection.run(`CREATE TABLE ${name} AS SELECT * FROM read_csv('${folder}/${name}.csv', all_varchar = true, header = true)`);
await connection.run('CHECKPOINT');
connection.closeSync();
