// A script that a test drives: a request is one line of JSON on stdin, its answer one on stdout.
import { createInterface } from 'node:readline';

const write = line => process.stdout.write(`${JSON.stringify(line)}\n`);

// What happens without having been asked for.
export const tell = (event, data = {}) => write({ event, data });

// Answers each request with what the method of its name returns, until stdin ends.
export function serve(methods) {
  // Libraries that log to stdout would speak in between.
  console.log = console.info = console.debug = console.error;
  process.on('unhandledRejection', error => console.error(error));
  createInterface({ input: process.stdin })
    .on('line', async line => {
      const { id, method, args } = JSON.parse(line);
      try {
        write({ id, result: (await methods[method](args)) ?? null });
      } catch (error) {
        write({ id, error: { message: String(error?.message ?? error), code: error?.code ?? null, status: error?.status ?? null } });
      }
    })
    .on('close', () => process.exit(0));
  tell('ready');
}
