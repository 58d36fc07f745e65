// A push service that opens what is sealed for its browsers, on a free port. Says `READY address`. Ends when standard input
// does.
const net = require('node:net');
const { PushApiModel } = require('web-push-testing/src/PushApiModel.js');
const Server = require('web-push-testing/src/server.js');

const probe = net.createServer();
probe.listen(0, '127.0.0.1', () => {
  const { port } = probe.address();
  probe.close(() => {
    new Server(new PushApiModel(), port).startServer();
    const wait = () =>
      net
        .connect(port, 'localhost')
        .on('connect', () => process.stdout.write(`READY http://localhost:${port}\n`))
        .on('error', () => setTimeout(wait, 50));
    wait();
  });
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
