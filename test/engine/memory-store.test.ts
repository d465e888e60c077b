import { describeStore } from '../store/contract.js';
import { MemoryStore } from '../support/memory-store.js';

let last: MemoryStore;

describeStore({
  name: 'memory',
  open: () => {
    last = new MemoryStore();
    return last;
  },
  reopen: () => {
    last = last.reopen();
    return last;
  },
});
