//===- CheckingTest.cpp - what checked runs find ------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One known-bad program for each check, and its nearest relative that is right.
//
//===----------------------------------------------------------------------===//

#include "Calls.h"
#include <cstring>

using namespace smash::piuma;
using namespace smash::piuma::test;

namespace {

constexpr uint64_t kSeeds = 8;

class Checking : public ::testing::Test {
protected:
  /// Every seed finds nothing.
  void isRight(const std::function<void()> &program) {
    for (uint64_t seed = 0; seed < kSeeds; ++seed)
      EXPECT_EQ(m.run(target, program, seed), "") << "seed " << seed;
  }
  /// Every seed finds what is wrong: a race does not depend on who is first.
  void isWrong(const std::function<void()> &program, const char *part,
               const char *other = "") {
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      std::string found = m.run(target, program, seed);
      EXPECT_NE(found.find(part), std::string::npos)
          << "seed " << seed << ": '" << found << "'";
      EXPECT_NE(found.find(other), std::string::npos)
          << "seed " << seed << ": '" << found << "'";
      EXPECT_EQ(found.find('\n'), std::string::npos);
    }
  }
  /// Two threads of a spawn; the second one does `second`.
  void spawnTwo(const std::function<void()> &first,
                const std::function<void()> &second,
                int32_t flags = PIUMA_RT_MULTI | PIUMA_RT_MEETS) {
    m.launch(1, [&](int64_t) {
      m.spawn(
          2, [&](int64_t thread) { thread == 0 ? first() : second(); }, flags);
    });
  }

  CheckingCalls m;
  TargetModel target = llvm::cantFail(TargetModel::byName("piuma-8core"));
};

TEST_F(Checking, StoresRace) {
  isWrong(
      [&] {
        int64_t *x = m.at("'alloc'").alloc(1);
        spawnTwo([&] { m.at("'one'").store<int64_t>(x, 1); },
                 [&] { m.at("'two'").store<int64_t>(x, 2); });
      },
      "data race on byte 0 of the buffer that 'alloc' made: '", "'one'");
  isRight([&] { // other bytes of a word
    auto *x = reinterpret_cast<int8_t *>(m.alloc(1));
    spawnTwo([&] { m.store<int8_t>(x, 1); },
             [&] { m.store<int8_t>(x + 1, 2); });
  });
}

TEST_F(Checking, ALoadRacesWithAStore) {
  auto program = [&](bool meets) {
    return [this, meets] {
      int64_t *x = m.alloc(1, true);
      spawnTwo(
          [&] {
            m.at("'store'").store<int64_t>(x, 1);
            if (meets)
              m.barrier();
          },
          [&] {
            if (meets)
              m.barrier();
            int64_t seen = m.at("'load'").load(x);
            EXPECT_TRUE(!meets || seen == 1);
          });
    };
  };
  isWrong(program(false), "data race", "'load'");
  isRight(program(true));
}

TEST_F(Checking, SpawnsAndLaunchesOrder) {
  isRight([&] {
    int64_t *x = m.alloc(8);
    m.launch(8, [&](int64_t block) { m.store(x + block, block); });
    int64_t sum = 0;
    m.launch(8, [&](int64_t block) {
      m.spawn(4, [&](int64_t t) { sum += t == 0 ? m.load(x + block) : 0; });
      m.store<int64_t>(x + block, 0);
    });
    EXPECT_EQ(sum, 28);
  });
  // Cores do not, nor do more threads than there are pipelines.
  isWrong(
      [&] {
        int64_t *x = m.alloc(1);
        m.launch(2, [&](int64_t block) { m.store(x, block); });
      },
      "data race");
  isWrong(
      [&] {
        int64_t *x = m.alloc(1);
        m.launch(1, [&](int64_t) {
          m.spawn(65, [&](int64_t thread) {
            if (thread == 0 || thread == 64)
              m.store(x, thread);
          });
        });
      },
      "data race");
  // Blocks of one core do.
  isRight([&] {
    int64_t *x = m.alloc(1);
    m.launch(9, [&](int64_t block) {
      if (block % 8 == 0)
        m.store(x, block);
    });
    EXPECT_EQ(m.load(x), 8);
  });
}

TEST_F(Checking, AnEndThatIsNotAwaitedOrdersNothing) {
  auto program = [&] {
    int64_t *x = m.alloc(1);
    m.launch(1, [&](int64_t) {
      m.spawn(1, [&](int64_t) { m.store<int64_t>(x, 1); });
      m.load(x);
    });
  };
  CheckingResult joined = runChecking({target, 0, -1, kMostSteps, {}}, program);
  EXPECT_EQ(joined.violation, "");
  EXPECT_EQ(joined.bodies, 1); // both are lambdas of one entry
  EXPECT_NE(runChecking({target, 0, 0, kMostSteps, {}}, program).violation, "");
}

TEST_F(Checking, AtomicsDoNotRace) {
  isRight([&] {
    int64_t *x = m.alloc(1, true), *y = m.alloc(1, true);
    m.launch(8, [&](int64_t) {
      m.spawn(4, [&](int64_t) {
        m.atomicAdd(x, 1, false);
        m.exchange(y, 1);
        m.load(y); // a whole element
      });
    });
    EXPECT_EQ(m.load(x), 32);
  });
  // What a count was at some time.
  isWrong(
      [&] {
        int64_t *x = m.alloc(1, true);
        spawnTwo([&] { m.at("'add'").atomicAdd(x, 1, true); },
                 [&] { m.at("'load'").load(x); });
      },
      "are not ordered");
  isWrong(
      [&] {
        int64_t *x = m.alloc(1, true);
        spawnTwo([&] { m.atomicAdd(x, 1, true); },
                 [&] { m.store<int64_t>(x, 1); });
      },
      "data race");
}

TEST_F(Checking, ExchangesPublish) {
  auto program = [&](int32_t operation, bool bySpinning) {
    return [this, operation, bySpinning] {
      int64_t *data = m.alloc(1), *flag = m.alloc(1, true);
      spawnTwo(
          [&] {
            m.store<int64_t>(data, 7);
            m.atomic(flag, 1, operation, false);
          },
          [&] {
            if (bySpinning)
              while (m.load(flag) == 0) {
              }
            else
              while (m.compareExchange(flag, 1, 2) != 1) {
              }
            EXPECT_EQ(m.load(data), 7);
          });
    };
  };
  isRight(program(PIUMA_RT_EXCHANGE, true));
  isRight(program(PIUMA_RT_EXCHANGE, false));
  isWrong(program(PIUMA_RT_ADD, true), "data race");
}

TEST_F(Checking, QueuesPublish) {
  isRight([&] {
    int64_t *data = m.alloc(1);
    void *q = m.createQueue(m.alloc(4), 4, 8);
    spawnTwo(
        [&] {
          m.store<int64_t>(data, 7);
          m.push(q, 1);
        },
        [&] {
          int64_t value;
          while (!m.pop(q, &value)) {
          }
          EXPECT_EQ(m.load(data), 7);
        });
    m.destroyQueue(q);
  });
  isWrong(
      [&] {
        int64_t *x = m.alloc(4);
        m.at("'create'").createQueue(x, 4, 8);
        m.at("'store'").store<int64_t>(x, 1);
      },
      "'store' accesses the buffer that a queue engine has since 'create'");
  isWrong(
      [&] {
        void *q = m.at("'create'").createQueue(m.alloc(4), 4, 8);
        m.destroyQueue(q);
        m.at("'push'").push(q, 1);
      },
      "'push' pushes to the queue of 'create', which was destroyed");
}

TEST_F(Checking, RequestsAreAwaitedOnce) {
  isRight([&] {
    int64_t *from = m.alloc(4, true), *to = m.alloc(4);
    m.store<int64_t>(from + 3, 5);
    m.wait(m.start(PIUMA_RT_COPY, from, to, 4));
    EXPECT_EQ(m.load(to + 3), 5);
  });
  isWrong(
      [&] {
        int64_t *x = m.alloc(8, true);
        m.at("'copy'").start(PIUMA_RT_COPY, x, x + 4, 4);
      },
      "the request that 'copy' makes is not awaited before its thread ends");
  isWrong(
      [&] {
        int64_t *x = m.alloc(8, true);
        int64_t token = m.start(PIUMA_RT_COPY, x, x + 4, 4);
        m.at("'first'").wait(token);
        m.at("'second'").wait(token);
      },
      "'second' awaits again what 'first' awaited");
  isWrong(
      [&] {
        int64_t *x = m.alloc(8, true);
        int64_t token = m.at("'copy'").start(PIUMA_RT_COPY, x, x + 4, 4);
        m.launch(1, [&](int64_t) { m.at("'wait'").wait(token); });
      },
      "'wait' awaits what 'copy' asked for in another thread");
}

TEST_F(Checking, RequestsRaceUntilTheyAreAwaited) {
  isWrong( // what it writes
      [&] {
        int64_t *x = m.alloc(8, true);
        int64_t token = m.at("'copy'").start(PIUMA_RT_COPY, x, x + 4, 4);
        m.at("'load'").load(x + 5);
        m.wait(token);
      },
      "data race", "'load'");
  isWrong( // what it reads
      [&] {
        int64_t *x = m.alloc(8, true);
        int64_t token = m.start(PIUMA_RT_COPY, x, x + 4, 4);
        m.store<int64_t>(x + 1, 1);
        m.wait(token);
      },
      "data race");
  isRight([&] { // combinations are atomic
    int64_t *x = m.alloc(8, true);
    for (int i = 0; i < 4; ++i)
      m.store<int64_t>(x + i, 1);
    int64_t one = m.start(PIUMA_RT_COPY, x, x + 4, 4, PIUMA_RT_ADD);
    int64_t two = m.start(PIUMA_RT_COPY, x, x + 4, 4, PIUMA_RT_ADD);
    m.atomicAdd(x + 4, 1, false);
    m.wait(two);
    m.wait(one);
    EXPECT_EQ(m.load(x + 4), 3);
  });
}

TEST_F(Checking, StoresStayInCachesUntilTheyAreFlushed) {
  auto program = [&](bool flushes) {
    return [this, flushes] {
      int64_t *x = m.alloc(4, true);
      spawnTwo(
          [&] {
            m.at("'store'").store<int64_t>(x, 1, /*cached=*/true);
            EXPECT_EQ(*x, 0); // memory is as it was
            EXPECT_EQ(m.load(x, /*cached=*/true), 1);
            if (flushes)
              m.flush(x, 32);
            m.barrier();
          },
          [&] {
            m.barrier();
            int64_t seen = m.at("'load'").load(x);
            EXPECT_TRUE(!flushes || seen == 1);
          });
    };
  };
  isRight(program(true));
  isWrong(program(false),
          "'load' accesses byte 0 of the buffer that an access made in memory, "
          "where what 'store' put into a cache is not yet: a flush is missing");
  isWrong(
      [&] {
        int64_t *x = m.alloc(4, true);
        m.at("'store'").store<int64_t>(x, 1, /*cached=*/true);
      },
      "what 'store' put into a cache is not in memory when the program ends");
  isWrong(
      [&] {
        int64_t *x = m.alloc(4, true);
        m.at("'store'").store<int64_t>(x, 1, /*cached=*/true);
        m.at("'invalidate'").invalidate(x, 32);
      },
      "'invalidate' forgets what 'store' stored");
  isRight([&] { // what is freed need not be
    int64_t *x = m.alloc(4, true);
    m.store<int64_t>(x, 1, /*cached=*/true);
    m.free(x);
  });
}

TEST_F(Checking, CachesKeepWhatTheyHaveUntilItIsInvalidated) {
  auto program = [&](bool invalidates, int64_t stored) {
    return [this, invalidates, stored] {
      int64_t *x = m.alloc(8, true);
      spawnTwo(
          [&] {
            m.invalidate(x, 64);
            m.load(x, /*cached=*/true);
            m.barrier();
            m.barrier();
            if (invalidates)
              m.invalidate(x, 64);
            EXPECT_EQ(m.at("'load'").load(x + stored, /*cached=*/true),
                      invalidates ? 1 : 0);
          },
          [&] {
            m.barrier();
            m.at("'store'").store<int64_t>(x + stored, 1);
            m.barrier();
          });
    };
  };
  isRight(program(true, 0));
  isWrong(program(false, 0), "'load' reads from a cache what byte 0 of",
          "was before 'store': an invalidate is missing");
}

TEST_F(Checking, CachesMayHaveWhatWasThereBefore) {
  auto program = [&](int64_t bytes) {
    return [this, bytes] {
      int64_t *x = m.at("'alloc'").alloc(8, true);
      m.store<int64_t>(x + 1, 7);
      if (bytes > 0)
        m.invalidate(x, bytes);
      EXPECT_EQ(m.at("'load'").load(x + 1, /*cached=*/true), 7);
    };
  };
  isRight(program(64));
  const char *missing =
      "'load' reads through a cache byte 8 of the buffer that "
      "'alloc' made, of which that may have what was there "
      "before: an invalidate is missing";
  isWrong(program(0), missing);
  isWrong(program(32), missing); // not all of it
  isWrong(
      [&] { // by another pipeline
        int64_t *x = m.at("'alloc'").alloc(2, true);
        m.invalidate(x, 16);
        m.launch(1, [&](int64_t) {
          m.spawn(1, [&](int64_t) { m.at("'load'").load(x + 1, true); });
        });
      },
      missing);
  isWrong(
      [&] { // a buffer may move when it shrinks
        int64_t *x = m.at("'alloc'").alloc(4, true);
        m.invalidate(x, 32);
        x = m.resize(x, 2);
        m.at("'load'").load(x + 1, /*cached=*/true);
      },
      missing);
  isRight([&] { // what a pipeline stored through its cache is its own
    int64_t *x = m.alloc(2);
    m.store<int64_t>(x, 1, /*cached=*/true);
    m.flush(x, 16);
    EXPECT_EQ(m.load(x, /*cached=*/true), 1);
  });
}

TEST_F(Checking, ScratchpadsHoldNothing) {
  isWrong(
      [&] {
        m.launch(
            1, [&](int64_t) { m.at("'load'").load(m.scratchpad(64, 64) + 1); });
      },
      "'load' reads byte 72 of the scratchpad of core 0, which nobody has "
      "written");
  isWrong( // what another block left
      [&] {
        m.launch(9, [&](int64_t block) {
          int64_t *x = m.scratchpad(0, 64);
          if (block == 0)
            m.store<int64_t>(x, 1);
          if (block == 8)
            m.at("'load'").load(x);
        });
      },
      "'load' reads byte 0 of the scratchpad of core 0");
  isRight([&] {
    m.launch(1, [&](int64_t) {
      int64_t *x = m.scratchpad(0, 64);
      m.store<int64_t>(x, 1);
      m.spawn(2, [&](int64_t) { m.load(x); });
    });
  });
}

TEST_F(Checking, PartsAreUsedWhileTheyLive) {
  isWrong(
      [&] {
        m.launch(1, [&](int64_t) {
          int64_t *x = m.scratchpad(0, 64);
          m.at("'release'").release(x, 64);
          m.at("'store'").store<int64_t>(x + 2, 1);
        });
      },
      "'store' accesses byte 16 of the scratchpad of core 0, which 'release' "
      "released");
  isWrong(
      [&] {
        m.launch(1, [&](int64_t) {
          m.at("'store'").store<int64_t>(m.scratchpad(0, 64) + 8, 1);
        });
      },
      "'store' accesses byte 64 of the scratchpad of core 0, which is in no "
      "part that lives");
  isWrong(
      [&] {
        m.launch(1, [&](int64_t) {
          int64_t *x = m.scratchpad(0, 64);
          m.release(x, 64);
          m.at("'again'").release(x, 64);
        });
      },
      "'again' releases byte 0 of the scratchpad of core 0, where no part "
      "begins that lives");
}

TEST_F(Checking, BuffersAreUsedWhileTheyLive) {
  isWrong(
      [&] {
        int64_t *x = m.at("'alloc'").alloc(4);
        m.at("'free'").free(x);
        m.at("'load'").load(x);
      },
      "'load' accesses byte 0 of the buffer that 'alloc' made, which 'free' "
      "freed");
  isWrong(
      [&] {
        int64_t *x = m.alloc(4);
        m.at("'free'").free(x);
        m.at("'again'").free(x);
      },
      "'again' frees again what 'free' freed");
  isWrong(
      [&] {
        int64_t *x = m.alloc(4);
        m.at("'store'").store<int64_t>(x + 4, 1);
      },
      "'store' accesses byte 32 of the buffer that an access made, which has "
      "32");
  isWrong(
      [&] {
        int64_t *x = m.resize(m.alloc(4), 2);
        m.at("'store'").store<int64_t>(x + 2, 1);
      },
      "which has 16");
  isWrong(
      [&] {
        int64_t *x = m.alloc(4, true);
        spawnTwo([&] { m.at("'load'").load(x); }, [&] { m.free(x); });
      },
      "free", "'load'");
}

TEST_F(Checking, WhatIsNoMemoryOfTheProgramIsTold) {
  constexpr int64_t kFar = int64_t(1) << 40;
  const std::pair<int64_t, const char *> places[] = {
      {4, "byte 32"},
      {1000, "byte 8000"},
      {-1, "byte -8"},
      {-kFar, "byte -8796093022208"},
      {kFar, "byte 8796093022208"}};
  for (const auto &entry : places) {
    // Structured bindings cannot be captured.
    int64_t i = entry.first;
    std::string which = std::string(entry.second) +
                        " of the buffer that 'alloc' made, which has 32";
    // The only one, so that it is the nearest. Nothing is read or written.
    auto with = [&](auto use) {
      return [&, use] { use(m.at("'alloc'").alloc(4, /*zeroed=*/true)); };
    };
    for (bool cached : {false, true}) {
      isWrong(with([&](int64_t *x) { m.at("'load'").load(x + i, cached); }),
              "'load' accesses ", which.c_str());
      isWrong(with([&](int64_t *x) {
                m.at("'store'").store<int64_t>(x + i, 1, cached);
              }),
              "'store' accesses ", which.c_str());
    }
    isWrong(with([&](int64_t *x) { m.at("'add'").atomicAdd(x + i, 1, false); }),
            "'add' accesses ", which.c_str());
    isWrong(
        with([&](int64_t *x) { m.at("'claim'").compareExchange(x + i, 0, 1); }),
        "'claim' accesses ", which.c_str());
    isWrong(with([&](int64_t *x) {
              m.wait(m.at("'copy'").start(PIUMA_RT_COPY, x + i, x, 1));
            }),
            "'copy' accesses ", which.c_str());
    isWrong(with([&](int64_t *x) {
              m.wait(m.at("'copy'").start(PIUMA_RT_COPY, x, x + i, 1));
            }),
            "'copy' accesses ", which.c_str());
    isWrong(with([&](int64_t *x) { m.at("'queue'").createQueue(x + i, 1, 8); }),
            "'queue' accesses ", which.c_str());
  }
  isWrong(
      [&] { // not all of it
        int64_t *x = m.at("'alloc'").alloc(4);
        m.at("'queue'").createQueue(x, 5, 8);
      },
      "'queue' accesses byte 0 of the buffer that 'alloc' made, which has 32");
  isWrong(
      [&] {
        int64_t *x = m.alloc(4);
        m.at("'resize'").resize(x, -1);
      },
      "'resize' resizes a buffer of 32 bytes to -1 x 8");
  int64_t mine = 7;
  isWrong([&] { m.at("'load'").load(&mine); },
          "'load' accesses memory that the program does not have");
  isWrong(
      [&] {
        m.alloc(1);
        m.at("'store'").store<int64_t>(&mine, 8);
      },
      "'store' accesses ");
  EXPECT_EQ(mine, 7);
}

TEST_F(Checking, OperandsAreReadWhereTheyAre) {
  int64_t given[] = {1, 2, 3, 4, 5};
  auto check = [&](const std::function<void()> &program, bool writable) {
    // All but the last.
    return m.run(target, program, /*seed=*/0, kMostSteps,
                 {{given, 16, "the operand", writable},
                  {given, 32, "the operand", writable}});
  };
  for (bool cached : {false, true}) {
    EXPECT_EQ(check([&] { EXPECT_EQ(m.load(given + 3, cached), 4); }, false),
              "");
    EXPECT_EQ(check([&] { m.at("'load'").load(given + 4, cached); }, false),
              "'load' accesses byte 32 of the operand, which has 32");
    auto store = [&] {
      m.at("'store'").store<int64_t>(given + 1, 9, cached);
      m.flush(given, 32);
    };
    EXPECT_EQ(check(store, false),
              "'store' writes byte 8 of the operand, which is only to be read");
    EXPECT_EQ(given[1], 2);
    EXPECT_EQ(check(store, true), "");
    EXPECT_EQ(given[1], 9);
    given[1] = 2;
  }
  EXPECT_EQ(check([&] { m.at("'add'").atomicAdd(given, 1, true); }, false),
            "'add' writes byte 0 of the operand, which is only to be read");
  EXPECT_EQ(check([&] { m.at("'free'").free(given); }, true),
            "'free' frees what is no buffer");
}

TEST_F(Checking, AllThreadsPassABarrier) {
  isWrong([&] { spawnTwo([&] { m.at("'barrier'").barrier(); }, [] {}); },
          "'barrier'", "wait");
  isWrong(
      [&] {
        m.launch(1, [&](int64_t) {
          m.at("'spawn'").spawn(
              65, [&](int64_t) { m.barrier(); },
              PIUMA_RT_MULTI | PIUMA_RT_MEETS);
        });
      },
      "'spawn' makes 65 threads with barriers on a core that has 64");
}

TEST_F(Checking, AProgramEnds) {
  // A flag that nobody sets, and one that somebody does.
  auto await = [&](bool isSet) {
    return [&, isSet] {
      int64_t *flag = m.at("'alloc'").alloc(1, /*zeroed=*/true);
      spawnTwo(
          [&] {
            while (m.at("'spin'").load(flag) == 0) {
            }
          },
          [&] {
            if (isSet)
              m.at("'set'").exchange(flag, 1);
          });
      m.free(flag);
    };
  };
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    EXPECT_EQ(m.run(target, await(false), seed, /*mostSteps=*/1000),
              "it does not end within 1000 steps, the last of them 'spin'");
    EXPECT_EQ(m.run(target, await(true), seed, /*mostSteps=*/1000), "");
  }
}

TEST_F(Checking, ReductionsCombineInTheOrderOfThreads) {
  isRight([&] {
    m.launch(1, [&](int64_t) {
      m.spawn(
          5,
          [&](int64_t thread) {
            double one[] = {1e16, 1, -1e16, 1, 0};
            int64_t bits;
            std::memcpy(&bits, &one[thread], 8);
            for (int i = 0; i < 3; ++i) {
              int64_t sum = m.reduce(bits, PIUMA_RT_ADD | PIUMA_RT_FLOAT);
              double value;
              std::memcpy(&value, &sum, 8);
              EXPECT_EQ(value, (1e16 + 1) - 1e16 + 1);
            }
          },
          PIUMA_RT_MULTI | PIUMA_RT_MEETS);
    });
  });
}

TEST_F(Checking, TheSameSeedIsTheSameRun) {
  auto trace = [&](uint64_t seed) {
    std::string order;
    m.run(
        target,
        [&] {
          int64_t *x = m.alloc(1, true);
          m.launch(2, [&](int64_t block) {
            m.spawn(4, [&](int64_t thread) {
              for (int i = 0; i < 10; ++i) {
                m.atomicAdd(x, 1, true);
                order += char('a' + 4 * block + thread);
              }
            });
          });
        },
        seed);
    return order;
  };
  EXPECT_EQ(trace(3), trace(3));
  EXPECT_NE(trace(3), trace(4));
}

} // namespace
