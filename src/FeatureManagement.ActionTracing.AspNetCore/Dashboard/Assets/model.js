// What this page knows, and what follows from it.

import { about, percent } from './dom.js';

const OnTheirWay = ['planned', 'canary', 'gradual', 'majority', 'paused'];
const Day = 86400000;

const key = name => name.toLowerCase();

export class Model {
  #flags = new Map();
  #children = new Map();
  #called = [];
  status = null;

  get flags() { return [...this.#flags.values()]; }

  get mayWrite() { return this.status?.mayWrite ?? false; }

  /** A right of its own: people on call may shut a flag down without being able to change it. */
  get mayShutDown() { return this.status?.mayShutDown ?? false; }

  setFlags(flags) {
    this.#flags = new Map(flags.map(flag => [key(flag.name), flag]));
    this.#family();
  }

  setFlag(flag) {
    this.#flags.set(key(flag.name), flag);
    this.#family();
  }

  #family() {
    this.#called = this.flags.filter(flag => this.isEmergencyFlag(flag) && flag.enabled);
    this.#children = Map.groupBy(this.#flags.values(), flag => (flag.parent && this.find(flag.parent) ? key(flag.parent) : ''));
  }

  find(name) { return name ? this.#flags.get(key(name)) : undefined; }

  /** The flags below a flag, or those that are below none. */
  children(flag) { return this.#children.get(flag ? key(flag.name) : '') ?? []; }

  /** Whether a flag itself is in emergency. */
  inEmergency(flag) { return flag.state === 'emergency_off'; }

  isEmergencyFlag(flag) { return flag.priority !== undefined && flag.priority !== null; }

  /** The rollout of a flag that has not ended. */
  rolling(flag) { return OnTheirWay.includes(flag.rollout?.phase) ? flag.rollout : undefined; }

  /** The emergency flag, on now, that stops a flag. */
  stoppedBy(flag) {
    return this.#called.find(other => other !== flag && below(flag, other));
  }

  #ancestorInEmergency(flag) {
    for (let above = this.find(flag.parent), i = 0; above && i < 1000; above = this.find(above.parent), i++)
      if (this.inEmergency(above)) return above;
    return undefined;
  }

  /** The flags that could be on for somebody, and that a kill would stop. */
  stops(flag) {
    const stopped = new Set();
    const add = one => {
      if (stopped.has(one)) return;
      stopped.add(one);
      this.children(one).forEach(add);
    };
    if (this.isEmergencyFlag(flag)) this.flags.filter(other => other !== flag && below(other, flag)).forEach(add);
    else add(flag);
    return [...stopped].filter(one => one.enabled);
  }

  /** Why a flag is as it is, for whoever asks at three in the morning. */
  why(flag) {
    if (flag.fault) return flag.fault;
    if (this.inEmergency(flag)) return flag.emergency ? `Emergency: ${flag.emergency.reason}` : 'Emergency, set by configuration';
    const ancestor = this.#ancestorInEmergency(flag);
    if (ancestor) return `Off: ${ancestor.name} is in emergency`;
    const stopper = this.stoppedBy(flag);
    if (stopper) return `Off: emergency flag ${stopper.name} is on`;
    if (flag.state === 'disabled') return (this.isEmergencyFlag(flag) ? 'Not called' : 'Disabled') + this.#movement(flag);
    const parent = this.find(flag.parent);
    if (parent && !parent.enabled) return `Off: parent ${parent.name} is off`;
    if (this.isEmergencyFlag(flag) && flag.enabled) return flag.emergency ? `Called: ${flag.emergency.reason}` : 'On: stops every flag below it';
    return this.#reached(flag) + (parent ? `, where ${parent.name} is on` : '') + this.#movement(flag);
  }

  /** Where a flag's percentage is going, or why it is not. */
  #movement(flag) {
    const { phase, targetPercentage: target, isOnHold, endedAt, reason } = flag.rollout ?? {};
    if (phase?.startsWith('roll')) return Date.now() - new Date(endedAt ?? Date.now()) < Day ? `; rolled back: ${reason}` : '';
    if (!this.rolling(flag)) return '';
    return phase === 'planned' ? ', rollout planned' : phase === 'paused' ? ', rollout paused' : isOnHold ? ', rollout on hold' : `, rolling out to ${percent(target)}`;
  }

  #reached(flag) {
    if (flag.state === 'enabled') return 'On for everybody';
    if (flag.state === 'development') return flag.enabled ? 'On, in development' : 'Off outside development';
    const listed = flag.whitelistCount + flag.groupsCount;
    if (flag.percentage >= 100) return 'On for everybody';
    const some = flag.percentage > 0 ? `On for ${this.written(flag, flag.percentage)}` : 'On for nobody';
    return listed ? `${flag.percentage > 0 ? some : 'On for none'} and ${listed} listed` : some;
  }

  /** A percentage of a flag: as it was set, or rounded while a rollout moves it. */
  written(flag, value) {
    return this.rolling(flag) ? about(value) : percent(value);
  }

  /** The percentage of users that a flag's own state gives it to, from 0 to 100. */
  reach(flag) {
    return flag.state === 'canary' || flag.state === 'rollout' ? flag.percentage : flag.state === 'enabled' ? 100 : 0;
  }

  /** The percentage of users that can have a flag, from 0 to 100, everything considered except the parent's own percentage. */
  share(flag) {
    if (!flag.enabled) return 0;
    return flag.state === 'canary' || flag.state === 'rollout' ? flag.percentage : 100;
  }
}

// A smaller number is a higher priority; none is the lowest.
const below = (flag, emergencyFlag) => (flag.priority ?? Infinity) > emergencyFlag.priority;
