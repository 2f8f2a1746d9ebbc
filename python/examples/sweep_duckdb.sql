-- SPDX-License-Identifier: Apache-2.0
-- Reads the journals of a sweep as they are and writes its finished points as Parquet; in the sweep's folder:
--     duckdb < sweep_duckdb.sql
-- A torn last line is left aside; of several lines of a point any finished one of the newest results_version is as good
-- as another.
CREATE VIEW lines AS
  SELECT *
  FROM read_json('journals/*.jsonl', format = 'newline_delimited', ignore_errors = true,
                 columns = {address: 'VARCHAR', status: 'VARCHAR', results_version: 'INTEGER', wall_s: 'DOUBLE',
                            axes: 'JSON', seed: 'UBIGINT', report: 'JSON'})
  WHERE status = 'ok';

CREATE VIEW points AS
  SELECT DISTINCT ON (address) * FROM lines
  WHERE results_version = (SELECT max(results_version) FROM lines);

COPY (
  SELECT address, seed, axes, wall_s,
         report ->> '$.network.name' AS network,
         (report ->> '$.accuracy.analog.mean')::DOUBLE AS accuracy,
         (report ->> '$.energy.per_input_j')::DOUBLE AS energy_j,
         (report ->> '$.timing.latency_cycles')::DOUBLE AS latency_cycles
  FROM points ORDER BY address
) TO 'points.parquet' (FORMAT parquet);

SELECT network, count(*) AS points, avg(energy_j) AS energy_j, avg(latency_cycles) AS latency_cycles
FROM 'points.parquet' GROUP BY network ORDER BY network;
