import { describeStore } from '../store/contract.js';
import { MemoryStore } from '../support/memory-store.js';

describeStore({ name: 'memory', open: () => new MemoryStore() });
