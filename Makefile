# referlens: `make demo` shows it at work, `make test` proves it. `make help` lists the rest.
VERSION  := 1.0.0
PREFIX   ?= /usr/local
DESTDIR  ?=
CC       := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
FLAVOUR  ?= release
BUILD    ?= build/$(FLAVOUR)

# What `make deps` installs, and nothing else is needed: to build and run, and to test. "a|b": a, unless b is there.
# Pages are tested in narrow fonts, Liberation (as wide as Arial), and in wide ones, DejaVu (as wide as Verdana).
PACKAGES      := gcc libc6-dev libcsv-dev libsqlite3-dev libcjson-dev libgsl-dev libssl-dev libxxhash-dev \
                 'gnuplot-nox|gnuplot-qt|gnuplot-x11'
TEST_PACKAGES := libcmocka-dev sqlite3 python3 groff-base locales fonts-liberation fonts-dejavu-core

WARNINGS := -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wformat=2 -Werror
OPTIMISE_release := -O3 -g -DNDEBUG
OPTIMISE_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPTIMISE_tsan    := -O1 -g -fsanitize=thread
OPTIMISE_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
CPPFLAGS += -D_GNU_SOURCE -DREFERLENS_VERSION='"$(VERSION)"' -Iinclude -I$(BUILD)
CFLAGS   += $(WARNINGS) $(OPTIMISE_$(FLAVOUR)) -ffile-prefix-map=$(CURDIR)=. -ffp-contract=off -fno-math-errno
LDFLAGS  += $(filter -fsanitize=%,$(subst fuzzer-no-link$(comma),,$(OPTIMISE_$(FLAVOUR))))
LDLIBS   += -lcsv -lsqlite3 -lcjson -lgsl -lgslcblas -lcrypto -lxxhash -lpthread -lm
comma    := ,

MAIN     := src/command/main.c
SOURCES  := $(sort $(wildcard src/*/*.c))
HEADERS  := $(sort $(wildcard include/referlens/*/*.h))
OBJECTS  := $(patsubst %.c,$(BUILD)/%.o,$(SOURCES))
SQL      := $(patsubst %.sql,$(BUILD)/%.sql.h,$(sort $(wildcard src/*/*.sql)))
LIBRARY  := $(BUILD)/libreferlens.a
PROGRAM  := $(BUILD)/referlens
UNIT_SOURCES := $(sort $(wildcard tests/base/*.c tests/stats/*.c tests/cohort/*.c tests/input/*.c tests/measure/*.c \
                tests/output/*.c tests/command/*.c))
UNITS    := $(patsubst %.c,$(BUILD)/%,$(UNIT_SOURCES))
TOOL_SOURCES := $(sort $(wildcard tests/naive/*.c tests/bench/*.c))
TOOLS    := $(patsubst %.c,$(BUILD)/%,$(TOOL_SOURCES))
FUZZERS  := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz/*.c)))

.PHONY: all demo test deps build-tests asan tsan fuzz torture bench oracle lint format install uninstall dist clean help
.DELETE_ON_ERROR:

all: $(PROGRAM)

help:
	@printf '%s\n' 'make demo     report on the sample county, and name the page to open' \
	  'make test     build everything and run every test' 'make deps     install the packages that are missing' \
	  'make asan     the tests under the address and undefined-behaviour sanitizers' \
	  'make tsan     the tests under the thread sanitizer' 'make fuzz     each fuzz target for a minute' \
	  'make torture  the store: killed 200 times, every allocation refused in turn' \
	  'make bench    speed and memory beside bare libcsv; coverage of the intervals' \
	  'make oracle   R again, where it is installed, against the committed answers' \
	  'make lint     the room rule, banned calls, lengths, clang-tidy' 'make format   clang-format' \
	  'make install  into $$DESTDIR$$PREFIX; make uninstall takes it away again' 'make dist     a source archive'

deps:
	@tests/support/install-packages $(PACKAGES) $(TEST_PACKAGES)
	@tests/browser/prepare

demo:
	@tests/support/install-packages $(PACKAGES)
	@$(MAKE) --no-print-directory $(PROGRAM)
	$(PROGRAM) report --force -o demo-report sample-data/*.csv
	@echo "Open this page in a browser: demo-report/index.html"

test: deps
	@$(MAKE) --no-print-directory build-tests
	@REFERLENS=$(PROGRAM) BUILD=$(BUILD) tests/support/run-tests $(UNITS)

build-tests: $(PROGRAM) $(UNITS) $(TOOLS)

asan tsan: deps
	@$(MAKE) --no-print-directory FLAVOUR=$@ build-tests
	@REFERLENS=build/$@/referlens BUILD=build/$@ tests/support/run-tests $(patsubst $(BUILD)/%,build/$@/%,$(UNITS))

fuzz:
	@tests/support/install-packages clang
	@$(MAKE) --no-print-directory CC=clang FLAVOUR=fuzz build-fuzzers
	@tests/support/run-fuzzers $(patsubst $(BUILD)/%,build/fuzz/%,$(FUZZERS))

build-fuzzers: $(FUZZERS)

torture: $(BUILD)/tests/cohort/test_store
	$< thoroughly

bench: build-tests
	@REFERLENS=$(PROGRAM) BUILD=$(BUILD) tests/bench/run

oracle:
	@tests/oracle/run

lint: $(HEADERS) $(SQL)
	@tests/support/install-packages python3 clang-tidy
	@tests/support/lint
	@clang-tidy --quiet $(SOURCES) -- $(CPPFLAGS) -std=c17

format:
	@tests/support/install-packages clang-format
	clang-format -i $(SOURCES) $(HEADERS) $(UNIT_SOURCES) $(TOOL_SOURCES)

$(LIBRARY): $(filter-out $(BUILD)/$(MAIN:.c=.o),$(OBJECTS))
	@rm -f $@ && $(AR) rcsD $@ $^

$(PROGRAM): $(BUILD)/$(MAIN:.c=.o) $(LIBRARY)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# A .sql file as one C string, for #include "src/ROOM/FILE.sql.h"; whole lines of comment are left out.
$(SQL): $(BUILD)/%.sql.h: %.sql Makefile
	@mkdir -p $(@D)
	sed -e '/^ *--/d' -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $< > $@

$(BUILD)/%.o: %.c Makefile | $(SQL)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(UNITS) $(TOOLS): $(BUILD)/%: $(BUILD)/%.o $(LIBRARY)
	$(CC) $(LDFLAGS) -o $@ $< $(LIBRARY) -lcmocka $(LDLIBS)

$(FUZZERS): $(BUILD)/%: $(BUILD)/%.o $(LIBRARY)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(LIBRARY) $(LDLIBS)

install: $(PROGRAM)
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/referlens
	cd reports && find . -type f -exec install -D -m 644 {} $(abspath $(DESTDIR)$(PREFIX))/share/referlens/reports/{} \;
	$(PROGRAM) list manual | install -D -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/share/man/man1/referlens.1
	$(PROGRAM) list completion | install -D -m 644 /dev/stdin \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/referlens

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/bin/referlens $(DESTDIR)$(PREFIX)/share/referlens \
	  $(DESTDIR)$(PREFIX)/share/man/man1/referlens.1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions/referlens

dist:
	@mkdir -p build && git archive --prefix=referlens-$(VERSION)/ HEAD | gzip -n > build/referlens-$(VERSION).tar.gz

clean:
	rm -rf build demo-report

-include $(OBJECTS:.o=.d) $(UNITS:=.d) $(TOOLS:=.d) $(FUZZERS:=.d)
